"""EC2: root volumes cannot be replaced. Here a task ends at once, in the state that a test sets."""

import datetime
import uuid

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

from nodes import NODES

TASKS = []  # what was begun, the oldest first


class IncorrectState(EC2ClientError):
    def __init__(self, message):
        super().__init__("IncorrectState", message)


class UnknownTask(EC2ClientError):
    def __init__(self, task):
        super().__init__("InvalidReplaceRootVolumeTaskID.NotFound", f"The replace root volume task '{task}' does not exist")


def replace_root_volumes():
    def create(self):
        wanted = {name: self._get_param(name) for name in ("InstanceId", "SnapshotId", "ClientToken")}
        for task in TASKS:
            if wanted["ClientToken"] and task["wanted"]["ClientToken"] == wanted["ClientToken"]:
                if task["wanted"] != wanted:
                    raise EC2ClientError("IdempotentParameterMismatch", "the client token was used with other parameters")
                return ActionResult({"ReplaceRootVolumeTask": task["shown"]})
        instance, snapshot = self.ec2_backend.get_instance(wanted["InstanceId"]), self.ec2_backend.get_snapshot(wanted["SnapshotId"])
        root = instance.block_device_mapping[instance.root_device_name]
        if instance.state != "running":
            raise IncorrectState("the instance is not running")
        if snapshot.status != "completed" or snapshot.volume.id != root.volume_id:
            raise IncorrectState("the snapshot is not a complete one of the root volume")
        shown = {
            "ReplaceRootVolumeTaskId": "replacevol-" + uuid.uuid4().hex[:17],
            "InstanceId": instance.id,
            "SnapshotId": snapshot.id,
            "TaskState": NODES.get(instance.id, {}).get("replace_state") or "succeeded",
            "StartTime": datetime.datetime.now(datetime.timezone.utc).isoformat(),
            "DeleteReplacedRootVolume": self._get_param("DeleteReplacedRootVolume") in (True, "true"),
        }
        if shown["TaskState"] == "succeeded":
            root.volume_id = self.ec2_backend.create_volume(size=snapshot.volume.size, zone_name=instance.placement.zone, snapshot_id=snapshot.id).id
        TASKS.append({"wanted": wanted, "shown": shown})
        return ActionResult({"ReplaceRootVolumeTask": {**shown, "TaskState": "pending"}})

    def describe(self):
        ids = self._get_param("ReplaceRootVolumeTaskIds", [])
        found = [t["shown"] for t in TASKS if not ids or t["shown"]["ReplaceRootVolumeTaskId"] in ids]
        for task in ids:
            if task not in [t["ReplaceRootVolumeTaskId"] for t in found]:
                raise UnknownTask(task)
        return ActionResult({"ReplaceRootVolumeTasks": found})

    ElasticBlockStore.create_replace_root_volume_task = create
    ElasticBlockStore.describe_replace_root_volume_tasks = describe


FILLS = (replace_root_volumes,)
