"""Systems Manager and EC2 as far as a test sets what they say of a node."""

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import Command, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

NODES = {}  # what was set, by instance id
DEFAULT_BASELINE = "pb-0c10e65780EXAMPLE"  # of every node, as node.go has it


def describe_nodes():
    """Systems Manager: what it says of patches and nodes is missing; hybrid nodes are unknown."""

    def patch_states(self):
        if len(self._get_param("InstanceIds")) > 50:
            raise ValidationException("'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50")
        nodes = [NODES.get(i, {}).get("state") for i in self._get_param("InstanceIds")]
        return ActionResult({"InstancePatchStates": [n for n in nodes if n]})

    def patches(self):
        found = NODES.get(self._get_param("InstanceId"), {}).get("patches", [])
        for wanted in self._get_param("Filters", []):
            values = [v.lower() for v in wanted["Values"]]
            found = [p for p in found if p.get(wanted["Key"], "").lower() in values]
        start, size = int(self._get_param("NextToken", 0)), int(self._get_param("MaxResults", 50))
        answer = {"Patches": found[start : start + size]}
        if start + size < len(found):
            answer["NextToken"] = str(start + size)
        return ActionResult(answer)

    def information(self):
        wanted = [f["Values"] for f in self._get_param("Filters", []) if f["Key"] == "InstanceIds"]
        nodes = [n.get("information") for i, n in list(NODES.items()) if all(i in ids for ids in wanted)]
        return ActionResult({"InstanceInformationList": [n for n in nodes if n]})

    SimpleSystemManagerResponse.describe_instance_patch_states = patch_states
    SimpleSystemManagerResponse.describe_instance_patches = patches
    SimpleSystemManagerResponse.describe_instance_information = information
    validate = SimpleSystemManagerBackend._validate_resource_type_and_id

    def validate_with_nodes(self, resource_type, resource_id):
        if resource_type == "ManagedInstance" and resource_id in NODES:
            return resource_id
        return validate(self, resource_type, resource_id)

    SimpleSystemManagerBackend._validate_resource_type_and_id = validate_with_nodes


def end_commands_as_told():
    """Systems Manager: every command succeeds. Here it ends as the node's install or scan says."""
    get_invocation = Command.get_invocation

    def invocation_as_told(self, instance_id, plugin_name):
        operation = (self.parameters or {}).get("Operation", [""])[0].lower()
        told = NODES.get(instance_id, {}).get(operation, {})
        return {**get_invocation(self, instance_id, plugin_name), **told}

    Command.get_invocation = invocation_as_told


def end_snapshots_as_told():
    """EC2: every snapshot is complete at once. Here it is in the node's snapshot_state."""
    create = EC2Backend.create_snapshots

    def create_as_told(self, instance_spec, description, tags):
        snapshots = create(self, instance_spec, description, tags)
        for s in snapshots:
            s.status = NODES.get(instance_spec["InstanceId"], {}).get("snapshot_state") or s.status
        return snapshots

    EC2Backend.create_snapshots = create_as_told


def describe_baselines():
    """Systems Manager: AWS's own patch baselines are unknown, and so are patch groups."""
    describe = SimpleSystemManagerResponse.describe_patch_baselines
    aws = {
        "BaselineId": f"arn:aws:ssm:us-east-1:075727635805:patchbaseline/{DEFAULT_BASELINE}",
        "BaselineName": "AWS-AmazonLinux2023DefaultPatchBaseline",
        "OperatingSystem": "AMAZON_LINUX_2023",
        "DefaultBaseline": True,
    }

    def with_default(self):
        own = describe(self).result["BaselineIdentities"]
        return ActionResult({"BaselineIdentities": [aws] + [{**b, "DefaultBaseline": False} for b in own]})

    def groups(self):
        own = self.ssm_backend.baselines
        return ActionResult({"Mappings": [
            {"PatchGroup": name, "BaselineIdentity": {"BaselineId": i, "OperatingSystem": system, "DefaultBaseline": False}}
            for name, group in self.ssm_backend.patch_groups.items()
            for system, i in group.associations.items() if i in own
        ]})

    SimpleSystemManagerResponse.describe_patch_baselines = with_default
    SimpleSystemManagerResponse.describe_patch_groups = groups


FILLS = (
    describe_nodes,
    describe_baselines,
    end_commands_as_told,
    end_snapshots_as_told,
)
