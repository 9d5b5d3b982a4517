package awsapi

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/patchbot/patchbot/workflow"
)

// Snapshots lists and deletes the snapshots of backups. As in Looker, each field is the method of that
// name of a client.
type Snapshots struct {
	DescribeSnapshots func(ctx context.Context, in *ec2.DescribeSnapshotsInput, options ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error)
	DeleteSnapshot    func(ctx context.Context, in *ec2.DeleteSnapshotInput, options ...func(*ec2.Options)) (*ec2.DeleteSnapshotOutput, error)
}

// NewSnapshots returns Snapshots of the client's account and Region.
func NewSnapshots(client *ec2.Client) Snapshots {
	return Snapshots{client.DescribeSnapshots, client.DeleteSnapshot}
}

// Tagged lists the account's snapshots that carry a backup's tags.
func (s Snapshots) Tagged(ctx context.Context) ([]workflow.TaggedSnapshot, error) {
	in := ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, MaxResults: aws.Int32(1000),
		Filters: []types.Filter{{Name: aws.String("tag-key"), Values: []string{workflow.TagSnapshotRequest}}}}
	var found []workflow.TaggedSnapshot
	for {
		page, err := s.DescribeSnapshots(ctx, &in)
		if err != nil {
			return nil, fmt.Errorf("describe snapshots with the tag %s: %w", workflow.TagSnapshotRequest, err)
		}
		for _, shown := range page.Snapshots {
			tags := map[string]string{}
			for _, t := range shown.Tags {
				tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
			}
			found = append(found, workflow.ReadSnapshotTags(aws.ToString(shown.SnapshotId), tags))
		}
		if in.NextToken = page.NextToken; aws.ToString(in.NextToken) == "" {
			return found, nil
		}
	}
}

// Delete deletes a snapshot. One that is gone already is no error; for others see
// workflow.DeleteSnapshotError.
func (s Snapshots) Delete(ctx context.Context, id string) error {
	_, err := s.DeleteSnapshot(ctx, &ec2.DeleteSnapshotInput{SnapshotId: &id})
	if err == nil {
		return nil
	}
	return workflow.DeleteSnapshotError(code(err), fmt.Errorf("delete snapshot %s: %w", id, err))
}
