package awsapi_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow"
	"github.com/patchbot/patchbot/workflow/awsapi"
)

func tagged(id string, tags ...string) ec2types.Snapshot {
	s := ec2types.Snapshot{SnapshotId: &id}
	for i := 0; i < len(tags); i += 2 {
		s.Tags = append(s.Tags, ec2types.Tag{Key: &tags[i], Value: &tags[i+1]})
	}
	return s
}

func TestTaggedSnapshotsOfEveryPage(t *testing.T) {
	pages := map[string]ec2.DescribeSnapshotsOutput{
		"":     {Snapshots: []ec2types.Snapshot{tagged("snap-1", "patchbot:request", "r-1", "patchbot:keep-until", "2026-12-06T17:03:00Z")}, NextToken: aws.String("more")},
		"more": {Snapshots: []ec2types.Snapshot{tagged("snap-2", "patchbot:request", "r-2", "patchbot:keep-until", "unknown")}},
	}
	s := awsapi.Snapshots{DescribeSnapshots: func(_ context.Context, in *ec2.DescribeSnapshotsInput, _ ...func(*ec2.Options)) (*ec2.DescribeSnapshotsOutput, error) {
		require.Equal(t, []string{"self"}, in.OwnerIds)
		require.Equal(t, "tag-key", *in.Filters[0].Name)
		require.Equal(t, []string{"patchbot:request"}, in.Filters[0].Values)
		page := pages[aws.ToString(in.NextToken)]
		return &page, nil
	}}
	found, err := s.Tagged(t.Context())
	require.NoError(t, err)
	require.Equal(t, []workflow.TaggedSnapshot{
		{ID: "snap-1", RequestID: "r-1", KeepUntil: time.Date(2026, 12, 6, 17, 3, 0, 0, time.UTC)},
		{ID: "snap-2", RequestID: "r-2"},
	}, found)
}

func TestDeletingASnapshot(t *testing.T) {
	refused := func(code string) error { return &smithy.GenericAPIError{Code: code} }
	reset := errors.New("read: connection reset by peer")
	for name, c := range map[string]struct{ answer, want error }{
		"deleted":        {nil, nil},
		"gone before":    {refused("InvalidSnapshot.NotFound"), nil},
		"used by an AMI": {refused("InvalidSnapshot.InUse"), workflow.ErrSnapshotStays},
		"locked":         {refused("SnapshotLocked"), workflow.ErrSnapshotStays},
		"throttled":      {refused("RequestLimitExceeded"), workflow.ErrSlowDown},
		"or so":          {refused("ThrottlingException"), workflow.ErrSlowDown},
		"not allowed":    {refused("UnauthorizedOperation"), refused("UnauthorizedOperation")},
		"no answer":      {reset, reset},
	} {
		t.Run(name, func(t *testing.T) {
			s := awsapi.Snapshots{DeleteSnapshot: func(_ context.Context, in *ec2.DeleteSnapshotInput, _ ...func(*ec2.Options)) (*ec2.DeleteSnapshotOutput, error) {
				require.Equal(t, "snap-1", *in.SnapshotId)
				return &ec2.DeleteSnapshotOutput{}, c.answer
			}}
			err := s.Delete(t.Context(), "snap-1")
			for _, kind := range []error{workflow.ErrSnapshotStays, workflow.ErrSlowDown} {
				require.Equal(t, errors.Is(c.want, kind), errors.Is(err, kind), kind)
			}
			require.Equal(t, c.want == nil, err == nil)
			if c.want != nil {
				require.ErrorContains(t, err, c.answer.Error())
			}
		})
	}
}
