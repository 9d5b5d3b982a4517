"""Systems Manager and EC2 as far as a test sets what they say of a node."""

import datetime

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses.instances import InstanceResponse
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

NODES = {}  # what was set, by instance id
UNLISTED = ("MissingCount", "CriticalNonCompliantCount", "SecurityNonCompliantCount", "OtherNonCompliantCount")
DEFAULT_BASELINE = "pb-0c10e65780EXAMPLE"  # of every node, as node.go has it


def tags(account, region, ssm, node):
    """The tags of an EC2 instance or of a hybrid node."""
    if node.startswith("mi-"):
        return dict(ssm._resource_tags["ManagedInstance"].get(node, {}))
    return dict(ec2_backends[account][region].tags.get(node, {}))


def requested_at(command):
    return command.requested_date_time.replace(tzinfo=datetime.timezone.utc)


def keep_run(node, command):
    """Notes a command on the node: from now on the patch states come from it, until the node is set
    again. Runs are a second apart at least, since times may be told in whole seconds."""
    start = requested_at(command).timestamp()
    before = NODES[node].get("run", {}).get("OperationStartTime", 0)
    start = max(start, before + 1)
    NODES[node]["run"] = {"Operation": operation(command).capitalize(), "OperationStartTime": start, "OperationEndTime": start + 0.001}


def patch_state(node):
    """What was set, as the last command since then has changed it: an Install leaves nothing listed
    as missing, and a Scan lists it again. A state that was set as an Install's stays."""
    state, run = dict(node.get("state") or {}), node.get("run")
    if run and state.get("Operation") == "Scan":
        state.update(run)
        if run["Operation"] == "Install":
            state.update({c: 0 for c in UNLISTED})
    for member in ("OperationStartTime", "OperationEndTime"):
        if isinstance(state.get(member), str):
            state[member] = datetime.datetime.fromisoformat(state[member]).timestamp()
    return state


def page(self, name, found, least, most, usual):
    """A page of an answer. The limits of MaxResults are those of the API reference."""
    start, size = int(self._get_param("NextToken") or 0), int(self._get_param("MaxResults") or usual)
    if not least <= size <= most:
        raise ValidationException(f"'maxResults' failed to satisfy constraint: Member must be between {least} and {most}")
    answer = {name: found[start : start + size]}
    if start + size < len(found):
        answer["NextToken"] = str(start + size)
    return answer


class InvalidFilterKey(AWSError):
    TYPE, STATUS = "InvalidFilterKey", 400


class InvalidFilterValue(AWSError):
    TYPE, STATUS = "InvalidInstanceInformationFilterValue", 400


def check_filters(filters):
    known = ("InstanceIds", "PingStatus", "PlatformTypes", "ResourceType")
    by_tag = [f for f in filters if f["Key"] == "tag-key" or f["Key"].startswith("tag:")]
    for f in filters:
        if f not in by_tag and f["Key"] not in known:
            raise InvalidFilterKey(f"The specified key isn't valid: {f['Key']}")
    if by_tag and len(by_tag) < len(filters):
        raise InvalidFilterValue("Tag filters can't be combined with other filter types.")


def meets(shown, wanted, tags):
    """Whether a node is what a filter of DescribeInstanceInformation asks for; case counts."""
    key, values = wanted["Key"], wanted["Values"]
    if key == "tag-key":
        return any(k in tags for k in values)
    if key.startswith("tag:"):
        return tags.get(key.removeprefix("tag:")) in values
    return shown.get({"InstanceIds": "InstanceId", "PlatformTypes": "PlatformType"}.get(key, key)) in values


def runs(account, region, node):
    """Whether EC2 says that an instance runs. What it does not know is taken to."""
    instance = ec2_backends[account][region].get_instance_by_id(node)
    return instance is None or instance.state == "running"


def operation(command):
    return (command.parameters or {}).get("Operation", [""])[0].lower()


def describe_nodes():
    """Systems Manager: what it says of patches and nodes is missing; hybrid nodes are unknown."""

    def patch_states(self):
        wanted = self._get_param("InstanceIds")
        if len(wanted) > 50:
            raise ValidationException("'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50")
        states = [patch_state(NODES.get(i, {})) for i in wanted]
        return ActionResult(page(self, "InstancePatchStates", [s for s in states if s], 10, 100, 100))

    def patches(self):
        found = NODES.get(self._get_param("InstanceId"), {}).get("patches", [])
        if patch_state(NODES.get(self._get_param("InstanceId"), {})).get("Operation") == "Install":
            found = [p for p in found if p.get("State", "").lower() != "missing"]
        for wanted in self._get_param("Filters", []):
            values = [v.lower() for v in wanted["Values"]]
            found = [p for p in found if p.get(wanted["Key"], "").lower() in values]
        return ActionResult(page(self, "Patches", found, 10, 100, 50))

    def information(self):
        account, region, filters = self.current_account, self.region, self._get_param("Filters", [])
        check_filters(filters)
        found = []
        for i, node in sorted(NODES.items()):
            shown = node.get("information")
            if shown and all(meets(shown, f, tags(account, region, self.ssm_backend, i)) for f in filters) and runs(account, region, i):
                found.append(shown)
        return ActionResult(page(self, "InstanceInformationList", found, 5, 50, 10))

    SimpleSystemManagerResponse.describe_instance_patch_states = patch_states
    SimpleSystemManagerResponse.describe_instance_patches = patches
    SimpleSystemManagerResponse.describe_instance_information = information
    validate = SimpleSystemManagerBackend._validate_resource_type_and_id

    def validate_with_nodes(self, resource_type, resource_id):
        if resource_type == "ManagedInstance" and resource_id in NODES:
            return resource_id
        return validate(self, resource_type, resource_id)

    SimpleSystemManagerBackend._validate_resource_type_and_id = validate_with_nodes


def end_snapshots_as_told():
    """EC2: every snapshot is complete at once. Here it is in the node's snapshot_state."""
    create = EC2Backend.create_snapshots

    def create_as_told(self, instance_spec, description, tags):
        snapshots = create(self, instance_spec, description, tags)
        for s in snapshots:
            s.status = NODES.get(instance_spec["InstanceId"], {}).get("snapshot_state") or s.status
        return snapshots

    EC2Backend.create_snapshots = create_as_told


def tell_status_checks():
    """EC2: every instance's status checks are ok, and hybrid nodes are simply not found. Here they are
    the node's instance_check and system_check."""

    def statuses(self):
        wanted, every = self._get_param("InstanceIds", []), self._get_bool_param("IncludeAllInstances", False)
        for i in wanted:
            if not i.startswith("i-"):
                raise EC2ClientError("InvalidInstanceID.Malformed", f'Invalid id: "{i}"')
        found = []
        for instance in self.ec2_backend.get_multi_instances_by_id(wanted) if wanted else self.ec2_backend.all_instances():
            node, runs = NODES.get(instance.id, {}), instance.state == "running"
            if not runs and not every:
                continue
            found.append({
                "InstanceId": instance.id,
                "InstanceState": {"Code": instance.state_code, "Name": instance.state},
                "InstanceStatus": {"Details": [], "Status": (node.get("instance_check") or "ok") if runs else "not-applicable"},
                "SystemStatus": {"Details": [], "Status": (node.get("system_check") or "ok") if runs else "not-applicable"},
            })
        return ActionResult({"InstanceStatuses": found})

    InstanceResponse.describe_instance_status = statuses


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
    tell_status_checks,
    end_snapshots_as_told,
)
