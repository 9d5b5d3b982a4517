package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARequestThatGivesWayStillWatchesWhatRuns(t *testing.T) {
	rejectedHere := decided(askedRequest(), ada, reject, 2)
	r := Apply(rejectedHere, notification(patchStarted, 5), at(5)).Request // an operator approved past us
	require.True(t, r.Status.Open())
	r = r.giveWay(at(5))
	require.Equal(t, StatusFailed, r.Status)
	require.Equal(t, errorRequestAlreadyOpen, r.Failure.Error)
	require.NotNil(t, r.Wait, "the end of the install still resumes the execution")
	require.NotEqual(t, InstalledNothing, r.Installed())
}
