package local

import (
	"context"
	"errors"
	"time"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awssim"
)

// endBackupsEvery is how often backups are ended, as on AWS.
const endBackupsEvery = time.Hour

func (p *Patchbot) endBackups() {
	if err := p.Bot.EndBackups(p.ctx); err != nil {
		p.config.Log.Error("backups could not be ended", "error", err)
	}
}

// snapshots lists and deletes the fleet's.
type snapshots struct{ looker }

func (s snapshots) Tagged(ctx context.Context) ([]workflow.TaggedSnapshot, error) {
	var out struct {
		Snapshots []struct {
			SnapshotId string
			Tags       []workflow.Tag
		}
	}
	filter := map[string]any{"Name": "tag-key", "Values": []string{workflow.TagSnapshotRequest}}
	err := s.call(ctx, "ec2", "describeSnapshots", map[string]any{"OwnerIds": []string{"self"}, "Filters": []any{filter}}, &out)
	var found []workflow.TaggedSnapshot
	for _, shown := range out.Snapshots {
		tags := map[string]string{}
		for _, t := range shown.Tags {
			tags[t.Key] = t.Value
		}
		found = append(found, workflow.ReadSnapshotTags(shown.SnapshotId, tags))
	}
	return found, err
}

func (s snapshots) Delete(ctx context.Context, id string) error {
	err := s.call(ctx, "ec2", "deleteSnapshot", map[string]string{"SnapshotId": id}, new(struct{}))
	if refusal := new(awssim.APIError); errors.As(err, &refusal) {
		return workflow.DeleteSnapshotError(refusal.Code, err)
	}
	return err
}
