"""Systems Manager's commands: how AWS-RunPatchBaseline stands on a node, step by step."""

import datetime
import re

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import Command, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from nodes import NODES, InvalidFilterKey, keep_run, operation, page, requested_at

STEPS = {"PatchWindows": "Windows", "PatchLinux": "Linux", "PatchMacOS": "MacOS"}  # in their order
SUCCESS = {"Status": "Success", "StatusDetails": "Success", "ResponseCode": 0}
PENDING = {"Status": "Pending", "StatusDetails": "Pending", "ResponseCode": -1}
NOT_BEGUN = ("Pending", "Delayed")
RUNNING = ("InProgress", "Cancelling")
FILTER_STATUSES = ("Pending", "InProgress", "Delayed", "Success", "Cancelled", "Failed", "TimedOut", "AccessDenied",
                   "DeliveryTimedOut", "ExecutionTimedOut", "Undeliverable", "InvalidPlatform", "Terminated")


class InvalidInstanceId(AWSError):
    TYPE, STATUS = "InvalidInstanceId", 400


class InvocationDoesNotExist(AWSError):
    TYPE, STATUS = "InvocationDoesNotExist", 400


class InvalidPluginName(AWSError):
    TYPE, STATUS = "InvalidPluginName", 400


def told(command, node):
    """How the test says that the command stands: as the node's install or scan, else a success."""
    return {**SUCCESS, **(NODES.get(node, {}).get(operation(command)) or {})}


def steps(command, node):
    """The three steps. The node's own stands as told; the agent skips the others, with success,
    when it comes to them."""
    own = (NODES.get(node, {}).get("information") or {}).get("PlatformType", "Linux")
    started, whole, behind, found = requested_at(command).timestamp(), told(command, node), False, []
    for name, platform in STEPS.items():
        condition = f"'\"StringEquals\": [platformType, {platform}]'"
        step = {**SUCCESS, "Output": f"Step execution skipped due to unsatisfied preconditions: {condition}. Step name: {name}"}
        if platform == own:
            step, behind = {"Output": "", **whole}, True
        elif whole["Status"] in NOT_BEGUN or behind and whole["Status"] in RUNNING:
            step = PENDING
        step = {"Name": name, **step}
        if step["Status"] not in NOT_BEGUN:
            step["ResponseStartDateTime"] = started
        if step["Status"] not in NOT_BEGUN + RUNNING:
            step["ResponseFinishDateTime"] = started + 0.001
        found.append(step)
    return found


def hidden(command, node):
    """Whether the command was sent so lately that the calls which show it do not know it."""
    age = datetime.datetime.now(datetime.timezone.utc) - requested_at(command)
    return age < datetime.timedelta(milliseconds=NODES.get(node, {}).get("hidden_for", 0))


def refuse_commands():
    """Systems Manager: a command is sent wherever one likes and, without targets, to every instance
    besides; and it has succeeded at once."""
    targets = Command._get_instance_ids_from_targets
    send = SimpleSystemManagerBackend.send_command

    def check(account, comment, timeout_seconds, instance_ids):
        if len(comment or "") > 100:
            raise ValidationException("'comment' failed to satisfy constraint: Member must have length less than or equal to 100")
        if timeout_seconds and not 30 <= timeout_seconds <= 2_592_000:
            raise ValidationException("'timeoutSeconds' failed to satisfy constraint: Member must have value between 30 and 2592000")
        for i in instance_ids:
            if not re.fullmatch(r"i-\w{8}|i-\w{17}|mi-\w{17}", i):
                raise ValidationException("'instanceIds' failed to satisfy constraint: Member must be an id of a managed node")
            if not NODES.get(i, {}).get("information"):
                raise InvalidInstanceId(f"Instances [[{i}]] not in a valid state for account {account}")

    def send_to_nodes(self, **command):
        check(self.account_id, command["comment"], command["timeout_seconds"], command["instance_ids"])
        sent = send(self, **command)
        sent.status = sent.status_details = "Pending"
        for i in sent.instance_ids:
            keep_run(i, sent)
        return sent

    def named(self):
        return targets(self) if self.targets else []

    answer = SimpleSystemManagerResponse.send_command

    def with_output(self):
        group = (self._get_param("CloudWatchOutputConfig") or {}).get("CloudWatchLogGroupName", "any")
        if not re.fullmatch(r"[.\-_/#A-Za-z0-9]{1,512}", group):
            raise ValidationException("'cloudWatchOutputConfig.cloudWatchLogGroupName' failed to satisfy constraint: Member must be a log group's name")
        return answer(self)

    SimpleSystemManagerResponse.send_command = with_output
    Command._get_instance_ids_from_targets = named
    SimpleSystemManagerBackend.send_command = send_to_nodes


def list_command_invocations():
    """Systems Manager: ListCommandInvocations is missing."""

    def entry(command, node, details):
        whole = told(command, node)
        return {
            "CommandId": command.command_id,
            "InstanceId": node,
            "Comment": command.comment,
            "DocumentName": command.document_name,
            "DocumentVersion": "$DEFAULT",
            "RequestedDateTime": requested_at(command).timestamp(),
            "Status": whole["Status"],
            "StatusDetails": whole["StatusDetails"],
            "CommandPlugins": steps(command, node) if details and whole["Status"] not in NOT_BEGUN else [],
        }

    def check(filters):
        for f in filters:
            if f["key"] not in ("Status", "DocumentName"):
                raise InvalidFilterKey(f"The specified key isn't valid: {f['key']}")
            if f["key"] == "Status" and f["value"] not in FILTER_STATUSES:
                raise ValidationException(f"The status {f['value']} can't be filtered by.")

    def meets(shown, f):
        return f["value"] in ((shown["Status"], shown["StatusDetails"]) if f["key"] == "Status" else (shown["DocumentName"],))

    def invocations(self):
        filters = self._get_param("Filters", [])
        check(filters)
        wanted, node = self._get_param("CommandId"), self._get_param("InstanceId")
        found = [
            entry(command, i, self._get_param("Details"))
            for command in reversed(self.ssm_backend._commands)
            for i in command.instance_ids
            if wanted in (None, command.command_id) and node in (None, i) and not hidden(command, i)
        ]
        found = [f for f in found if all(meets(f, wanted) for wanted in filters)]
        return ActionResult(page(self, "CommandInvocations", found, 1, 50, 50))

    SimpleSystemManagerResponse.list_command_invocations = invocations


def tell_steps():
    """Systems Manager: every document has one step. AWS-RunPatchBaseline has three, and AWS does
    not guess which one is meant."""
    whole_invocation = Command.get_invocation

    def invocation_of_step(self, node, name):
        if node not in self.instance_ids or hidden(self, node):
            raise InvocationDoesNotExist("null")
        if name not in STEPS:
            raise InvalidPluginName("The plugin name isn't valid.")
        step = next(s for s in steps(self, node) if s["Name"] == name)
        shown = {member: step[member] for member in SUCCESS}
        output = {"PluginName": name, "StandardOutputContent": step.get("Output", "")}
        return {**whole_invocation(self, node, None), **shown, **output}

    Command.get_invocation = invocation_of_step


FILLS = (
    refuse_commands,
    list_command_invocations,
    tell_steps,
)
