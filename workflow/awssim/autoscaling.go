package awssim

import (
	"fmt"
	"slices"
)

// AutoScalingGroup is a group whose members can be put into Standby.
type AutoScalingGroup struct {
	Name    string
	MinSize int
	Desired int               // its desired capacity
	Members map[string]string // the LifecycleState of each instance, by its id, e.g. "InService"
}

// AddAutoScalingGroup adds a group whose desired capacity is the number of instances, all in service.
func (f *Fleet) AddAutoScalingGroup(name string, minSize int, instances ...string) error {
	return f.change(func() error {
		g := &AutoScalingGroup{Name: name, MinSize: minSize, Desired: len(instances), Members: map[string]string{}}
		for _, id := range instances {
			if f.node(id) == nil {
				return fmt.Errorf("%w: %s", ErrNoInstance, id)
			}
			g.Members[id] = "InService"
		}
		f.groups = append(f.groups, g)
		return nil
	})
}

// Resize sets the least size of a group.
func (f *Fleet) Resize(group string, minSize int) {
	_ = f.change(func() error {
		for _, g := range f.groups {
			if g.Name == group {
				g.MinSize = minSize
			}
		}
		return nil
	})
}

// RemoveAutoScalingGroup deletes a group and leaves its instances.
func (f *Fleet) RemoveAutoScalingGroup(name string) {
	_ = f.change(func() error {
		f.groups = slices.DeleteFunc(f.groups, func(g *AutoScalingGroup) bool { return g.Name == name })
		return nil
	})
}

// LifecycleState is how an instance stands in its Auto Scaling group, e.g. "Standby"; empty where it is in none.
func (f *Fleet) LifecycleState(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g := f.groupOf(id); g != nil {
		return g.Members[id]
	}
	return ""
}

func (f *Fleet) groupOf(id string) *AutoScalingGroup {
	i := slices.IndexFunc(f.groups, func(g *AutoScalingGroup) bool { return g.Members[id] != "" })
	if i < 0 {
		return nil
	}
	return f.groups[i]
}

type describeAutoScalingInstancesInput struct {
	InstanceIds []string
	MaxRecords  int
	NextToken   unsimulated
}

type describeAutoScalingInstancesOutput struct{ AutoScalingInstances []autoScalingInstance }

type autoScalingInstance struct {
	AutoScalingGroupName string
	HealthStatus         string
	InstanceId           string
	LifecycleState       string
	ProtectedFromScaleIn bool
}

// describeAutoScalingInstances leaves out what belongs to no group, without an error.
func (f *Fleet) describeAutoScalingInstances(in describeAutoScalingInstancesInput) (*describeAutoScalingInstancesOutput, error) {
	out := &describeAutoScalingInstancesOutput{AutoScalingInstances: []autoScalingInstance{}}
	for _, id := range in.InstanceIds {
		if g := f.groupOf(id); g != nil {
			out.AutoScalingInstances = append(out.AutoScalingInstances, autoScalingInstance{AutoScalingGroupName: g.Name, HealthStatus: "HEALTHY",
				InstanceId: id, LifecycleState: g.Members[id]})
		}
	}
	return out, nil
}

type standbyInput struct {
	AutoScalingGroupName string `member:"required"`
	InstanceIds          []string
}

type enterStandbyInput struct {
	AutoScalingGroupName           string `member:"required"`
	InstanceIds                    []string
	ShouldDecrementDesiredCapacity *bool `member:"required"`
}

type standbyOutput struct{ Activities []struct{} }

// enterStandby refuses what would bring the group below its least size, as AWS does when the desired
// capacity is to go down with it.
func (f *Fleet) enterStandby(in enterStandbyInput) (*standbyOutput, error) {
	g, err := f.members(in.AutoScalingGroupName, in.InstanceIds, "InService")
	if err != nil {
		return nil, err
	}
	if *in.ShouldDecrementDesiredCapacity {
		if g.Desired-len(in.InstanceIds) < g.MinSize {
			return nil, autoScalingError("ValidationError", "AutoScalingGroup %s has min-size=%d, max-size=100, and desired-size=%d. To place into standby %d instance, please update the AutoScalingGroup sizes appropriately.",
				g.Name, g.MinSize, g.Desired, len(in.InstanceIds))
		}
		g.Desired -= len(in.InstanceIds)
	}
	f.move(g, in.InstanceIds, "EnteringStandby", "Standby")
	return &standbyOutput{Activities: []struct{}{}}, nil
}

func (f *Fleet) exitStandby(in standbyInput) (*standbyOutput, error) {
	g, err := f.members(in.AutoScalingGroupName, in.InstanceIds, "Standby")
	if err != nil {
		return nil, err
	}
	g.Desired += len(in.InstanceIds)
	f.move(g, in.InstanceIds, "Pending", "InService")
	return &standbyOutput{Activities: []struct{}{}}, nil
}

// members is the group of instances that all have a state there.
func (f *Fleet) members(group string, ids []string, state string) (*AutoScalingGroup, error) {
	i := slices.IndexFunc(f.groups, func(g *AutoScalingGroup) bool { return g.Name == group })
	if i < 0 {
		return nil, autoScalingError("ValidationError", "AutoScalingGroup name not found - AutoScalingGroup %s not found", group)
	}
	for _, id := range ids {
		switch has := f.groups[i].Members[id]; {
		case has == "":
			return nil, autoScalingError("ValidationError", "The instance %s is not part of Auto Scaling group %s.", id, group)
		case has != state:
			return nil, autoScalingError("ValidationError", "The instance %s is not in %s.", id, state)
		}
	}
	return f.groups[i], nil
}

// move takes members from one state into another, which takes a while.
func (f *Fleet) move(g *AutoScalingGroup, ids []string, over, into string) {
	for _, id := range ids {
		g.Members[id] = over
	}
	f.after(f.config.StandbyTime, func() {
		for _, id := range ids {
			g.Members[id] = into
		}
	})
}
