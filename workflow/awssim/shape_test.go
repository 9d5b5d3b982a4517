package awssim_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/patchbot/patchbot/workflow/awssim"
)

// Members of the answers as the API references of EC2 and Systems Manager name
// them. What the fleet shows has to be among them.
const (
	ec2InstanceMembers = `AmiLaunchIndex Architecture BlockDeviceMappings BootMode CapacityReservationId ClientToken
		CpuOptions EbsOptimized EnaSupport EnclaveOptions HibernationOptions Hypervisor IamInstanceProfile ImageId
		InstanceId InstanceLifecycle InstanceType KernelId KeyName LaunchTime MetadataOptions Monitoring
		NetworkInterfaces Placement Platform PlatformDetails PrivateDnsName PrivateIpAddress ProductCodes
		PublicDnsName PublicIpAddress RamdiskId RootDeviceName RootDeviceType SecurityGroups SourceDestCheck State
		StateReason StateTransitionReason SubnetId Tags UsageOperation VirtualizationType VpcId`
	patchStateMembers = `InstanceId PatchGroup BaselineId SnapshotId InstallOverrideList OwnerInformation
		InstalledCount InstalledOtherCount InstalledPendingRebootCount InstalledRejectedCount MissingCount FailedCount
		UnreportedNotApplicableCount NotApplicableCount AvailableSecurityUpdateCount OperationStartTime
		OperationEndTime Operation LastNoRebootInstallOperationTime RebootOption CriticalNonCompliantCount
		SecurityNonCompliantCount OtherNonCompliantCount`
	informationMembers = `InstanceId PingStatus LastPingDateTime AgentVersion IsLatestVersion PlatformType
		PlatformName PlatformVersion ActivationId IamRole RegistrationDate ResourceType Name IPAddress ComputerName
		AssociationStatus LastAssociationExecutionDate LastSuccessfulAssociationExecutionDate AssociationOverview
		SourceId SourceType`
	patchMembers   = `Title KBId Classification Severity State InstalledTime CVEIds`
	commandMembers = `CommandId DocumentName DocumentVersion Comment ExpiresAfter Parameters InstanceIds Targets
		RequestedDateTime Status StatusDetails OutputS3Region OutputS3BucketName OutputS3KeyPrefix MaxConcurrency
		MaxErrors TargetCount CompletedCount ErrorCount DeliveryTimedOutCount ServiceRole NotificationConfig
		CloudWatchOutputConfig TimeoutSeconds AlarmConfiguration TriggeredAlarms`
	invocationMembers = `CommandId InstanceId Comment DocumentName DocumentVersion PluginName ResponseCode
		ExecutionStartDateTime ExecutionElapsedTime ExecutionEndDateTime Status StatusDetails StandardOutputContent
		StandardOutputUrl StandardErrorContent StandardErrorUrl CloudWatchOutputConfig`
	listedMembers = `CommandId InstanceId InstanceName Comment DocumentName DocumentVersion RequestedDateTime Status
		StatusDetails TraceOutput StandardOutputUrl StandardErrorUrl CommandPlugins ServiceRole NotificationConfig
		CloudWatchOutputConfig`
	pluginMembers = `Name Status StatusDetails ResponseCode ResponseStartDateTime ResponseFinishDateTime Output
		StandardOutputUrl StandardErrorUrl OutputS3Region OutputS3BucketName OutputS3KeyPrefix`
	madeSnapshotMembers = `Description Tags Encrypted VolumeId State VolumeSize StartTime Progress OwnerId
		SnapshotId OutpostArn SseType AvailabilityZone`
	replaceTaskMembers = `ReplaceRootVolumeTaskId InstanceId TaskState StartTime CompleteTime Tags ImageId SnapshotId
		DeleteReplacedRootVolume`
	snapshotMembers = `OwnerAlias OutpostArn Tags StorageTier RestoreExpiryTime SseType AvailabilityZone TransferType
		CompletionDurationMinutes CompletionTime FullSnapshotSizeInBytes SnapshotId VolumeId State StateMessage
		StartTime Progress OwnerId Description VolumeSize Encrypted KmsKeyId DataEncryptionKeyId`
)

func TestAnswersNameTheirMembersAsAWSDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		command := a.call("ssm", "sendCommand", patch(web, "Install"))["Command"].(object)
		snapshots := a.call("ec2", "createSnapshots", backUp())["Snapshots"].([]any)
		later(time.Hour)
		first := func(answer object, list string) object { return answer[list].([]any)[0].(object) }
		task := a.call("ec2", "createReplaceRootVolumeTask", replace(snapshots[0].(object)["SnapshotId"].(string), "t"))["ReplaceRootVolumeTask"].(object)
		reservation := first(a.call("ec2", "describeInstances", object{}), "Reservations")
		for documented, shown := range map[string]object{
			"Groups Instances OwnerId RequesterId ReservationId": reservation,
			ec2InstanceMembers:  first(reservation, "Instances"),
			patchStateMembers:   a.counts(web),
			informationMembers:  first(a.call("ssm", "describeInstanceInformation", object{}), "InstanceInformationList"),
			patchMembers:        first(a.call("ssm", "describeInstancePatches", object{"InstanceId": hybrid}), "Patches"),
			commandMembers:      command,
			invocationMembers:   a.invocation(command["CommandId"].(string), web),
			listedMembers:       a.listed(command["CommandId"].(string), web),
			pluginMembers:       first(a.listed(command["CommandId"].(string), web), "CommandPlugins"),
			replaceTaskMembers:  task,
			madeSnapshotMembers: snapshots[0].(object),
			snapshotMembers:     first(a.call("ec2", "describeSnapshots", object{}), "Snapshots"),
		} {
			for member := range shown {
				require.Contains(t, strings.Fields(documented), member)
			}
		}
	})
}

func TestEventsLookLikeThoseOfAWS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t)
		require.NoError(t, a.Scan(web))
		require.NoError(t, a.Scan(hybrid))
		command := a.send(web, "Scan")
		made := a.call("ec2", "createSnapshots", backUp())["Snapshots"]
		later(time.Hour)

		ids := map[string]bool{}
		for _, e := range a.events {
			ids[e.ID] = true
			require.Equal(t, "0", e.Version)
			require.Equal(t, "123456789012", e.Account)
			require.Equal(t, "us-east-1", e.Region)
		}
		require.Len(t, ids, len(a.events), "ids should differ")

		compliance, ofHybrid, started, snapshots := a.events[0], a.events[1], a.events[2], a.events[len(a.events)-1]
		require.Equal(t, "Configuration Compliance State Change", compliance.DetailType)
		require.Equal(t, "aws.ssm", compliance.Source)
		require.Equal(t, []string{"arn:aws:ssm:us-east-1:123456789012:managed-instance/" + web}, compliance.Resources)
		require.Equal(t, object{
			"severity": "CRITICAL", "patch-baseline-id": "pb-0be1ccde3be43f5aa", "compliance-status": "non_compliant",
			"resource-type": "managed-instance", "resource-id": web, "compliance-type": "Patch",
		}, compliance.Detail)
		require.Equal(t, hybrid, ofHybrid.Detail["resource-id"])

		require.Equal(t, "EC2 Command Invocation Status-change Notification", started.DetailType)
		require.Equal(t, []string{"arn:aws:ec2:us-east-1:123456789012:instance/" + web}, started.Resources)
		require.Equal(t, time.Date(2000, 1, 1, 0, 0, 2, 0, time.UTC), started.Time)
		require.Equal(t, object{
			"command-id": command, "document-name": "AWS-RunPatchBaseline", "instance-id": web,
			"requested-date-time": "2000-01-01T00:00:00Z", "status": "InProgress",
		}, started.Detail)

		require.Equal(t, "EBS Multi-Volume Snapshots Completion Status", snapshots.DetailType)
		require.Equal(t, "aws.ec2", snapshots.Source)
		root := "arn:aws:ec2::us-east-1:snapshot/" + pick(made, "SnapshotId")[0].(string)
		require.Equal(t, root, snapshots.Resources[0])
		require.Equal(t, object{
			"snapshot_id": root, "source": "arn:aws:ec2::us-east-1:volume/vol-0root", "status": "completed",
		}, snapshots.Detail["snapshots"].([]any)[0])
	})
}

func TestEveryARNCarriesThePartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, func(c *awssim.Config) { c.Partition, c.Region = "aws-us-gov", "us-gov-west-1" })
		input := patch(web, "Scan")
		input["DocumentName"] = "arn:aws-us-gov:ssm:us-gov-west-1::document/AWS-RunPatchBaseline"
		a.call("ssm", "sendCommand", input)
		a.send(hybrid, "Scan")
		a.call("ec2", "createSnapshots", backUp())
		later(time.Hour)
		arns := []string{}
		for _, e := range a.events {
			arns = append(arns, e.Resources...)
			if snapshots, ok := e.Detail["snapshots"]; ok {
				for _, arn := range append(pick(snapshots, "source"), pick(snapshots, "snapshot_id")...) {
					arns = append(arns, arn.(string))
				}
			}
		}
		require.Len(t, arns, 2*3+2+4, "three events a command; a set of two snapshots")
		for _, arn := range arns {
			require.Regexp(t, "^arn:aws-us-gov:(ssm:|ec2::?)us-gov-west-1:", arn)
		}
	})
}
