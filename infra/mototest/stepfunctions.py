"""Fills the gaps of moto's Step Functions. Each function fills one, named in its docstring."""

import copy
import datetime
import functools
import json
import re
import sys
import threading
import types

from moto.core.config import default_user_config
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.exceptions import InvalidToken
from moto.stepfunctions.parser import models as sfn_models
from moto.stepfunctions.parser.api import ServiceException
from moto.stepfunctions.parser.asl.component.common.string.string_expression import StringVariableSample
from moto.stepfunctions.parser.asl.component.state.choice.comparison.operator.implementations import is_operator as sfn_is
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk as sfn_sdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sfn as sfn_start
from moto.stepfunctions.parser.asl.eval.callback import callback as sfn_callback
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.utils import json_path as sfn_path
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend import execution_worker as sfn_worker
from moto.stepfunctions.responses import StepFunctionResponse


def run_state_machines():
    """Step Functions: the interpreter is off; a clone of a machine whose execution runs dies."""
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    sfn_models.copy = types.SimpleNamespace(deepcopy=copy.copy)


def read_paths():
    """Step Functions: $.a[0].b is read as a list, a filter's && is not understood, and lists
    that nothing is found in are missing. A path gives a list exactly when it has a wildcard,
    a filter, a slice or a deep scan, and only what stands before it must be there. Variables
    such as $name need JSONata, which moto has taken out."""
    parse = functools.lru_cache(maxsize=None)(sfn_path.parse)
    many = re.compile(r"\[\*\]|\.\*|\.\.|\[\?|\[-?\d*:-?\d*\]|\[-?\d+,")

    def extract(path, data):
        found = lambda p: [match.value for match in parse(p).find(data)]
        branch = many.search(path)
        if not found(path[: branch.start()] if branch else path):
            raise sfn_path.NoSuchJsonPathError(json_path=path, data=data)
        values = found(path.replace("&&", "&"))
        return values if branch else values[0]

    original = sfn_path.extract_json
    for module in list(sys.modules.values()):
        if getattr(module, "extract_json", None) is original:
            module.extract_json = extract

    def read_variable(self, env):
        name, rest = re.fullmatch(r"\$(\w+)(.*)", self.expression).groups()
        value = env.variable_store.get(name)
        env.stack.append(copy.deepcopy(extract("$" + rest, value) if rest else value))

    StringVariableSample._eval_body = read_variable


def answer_terraform_about_state_machines():
    """Step Functions: two calls of the Terraform provider are missing."""

    def validate(self):
        problems = []
        try:
            sfn_models.StepFunctionsParserBackend._validate_definition(self._get_param("definition"))
        except ServiceException as invalid:
            problems.append({"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(invalid.message)})
        return ActionResult({"result": "FAIL" if problems else "OK", "diagnostics": problems})

    def list_versions(self):
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        newest_first = sorted(machine.versions.items(), reverse=True)
        return ActionResult(
            {"stateMachineVersions": [{"stateMachineVersionArn": v.arn, "creationDate": v.creation_date} for _, v in newest_first]}
        )

    StepFunctionResponse.validate_state_machine_definition = validate
    StepFunctionResponse.list_state_machine_versions = list_versions


def write_times_as_text():
    """Step Functions: the times in the answer of an SDK task are no text, so they cannot be
    compared, and DescribeExecution fails on them."""
    call = sfn_sdk.StateTaskServiceAwsSdk._eval_service_task

    def as_text(value):
        if isinstance(value, datetime.datetime):
            return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"
        raise TypeError(f"{value!r} is nothing that AWS answers")

    def with_times_as_text(self, env, *args, **kwargs):
        call(self, env, *args, **kwargs)
        env.stack.append(json.loads(json.dumps(env.stack.pop(), default=as_text)))

    sfn_sdk.StateTaskServiceAwsSdk._eval_service_task = with_times_as_text


def name_members():
    """An AWS SDK task's members are handed on as they are written, which is with a capital; some
    models, as that of ListCommandInvocations' filters, have them without."""
    call = sfn_sdk.StateTaskServiceAwsSdk._eval_service_task

    def with_names(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        client = sfn_sdk.boto_client_for(
            service=self._get_boto_service_name(), region=resource_runtime_part.region, state_credentials=state_credentials
        )
        operation = client.meta.method_to_api_mapping[self._get_boto_service_action()]
        self._to_boto_request(normalised_parameters, client.meta.service_model.operation_model(operation).input_shape)
        return call(self, env, resource_runtime_part, normalised_parameters, state_credentials)

    sfn_sdk.StateTaskServiceAwsSdk._eval_service_task = with_names


def compare_times():
    """Step Functions: a timestamp with a fraction of a second is none."""
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

    def parse_time(text):
        return datetime.datetime.fromisoformat(text) if isinstance(text, str) and stamp.fullmatch(text) else None

    sfn_is.IsTimestamp.string_to_timestamp = staticmethod(parse_time)


def start_executions_from_machines():
    """Step Functions: states:startExecution spells its members as the state machine does, which
    the client does not know, and takes no object as input."""
    call = sfn_start.StateTaskServiceSfn._eval_service_task

    def spelled(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        given = {k[0].lower() + k[1:]: v for k, v in normalised_parameters.items()}
        if not isinstance(given.get("input", ""), str):
            given["input"] = to_json_str(given["input"])
        call(self, env, resource_runtime_part, given, state_credentials)
        answer = {k[0].upper() + k[1:]: v for k, v in env.stack.pop().items()}
        env.stack.append(json.loads(to_json_str(answer)))

    sfn_start.StateTaskServiceSfn._eval_service_task = spelled


class TaskTimedOut(AWSError):
    TYPE, STATUS = "TaskTimedOut", 400


def answer_task_tokens_once():
    """Step Functions: a token can be answered twice, a failed task has no cause, and the token
    of an ended execution is unknown."""
    backend, turn = sfn_models.StepFunctionsParserBackend, threading.Lock()

    def settle(self, outcome):
        started = [e for machine in self.state_machines for e in machine.executions if e.exec_worker and e.exec_worker.env]
        for execution in started:
            endpoint = execution.exec_worker.env.callback_pool_manager.get(outcome.callback_id)
            if endpoint:
                with turn:
                    if endpoint._notify_event.is_set():
                        raise TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
                    endpoint.notify(outcome)
                return
        raise InvalidToken()

    def send_task_success(self, task_token, output):
        settle(self, sfn_callback.CallbackOutcomeSuccess(task_token, output))

    def send_task_failure(self, task_token, error=None, cause=None):
        settle(self, sfn_callback.CallbackOutcomeFailure(task_token, error, cause))

    def fail_with_cause(self):
        task_token, error, cause = (self._get_param(name) for name in ("taskToken", "error", "cause"))
        self.stepfunction_backend.send_task_failure(task_token, error, cause)
        return EmptyResult()

    backend.send_task_success = send_task_success
    backend.send_task_failure = send_task_failure
    StepFunctionResponse.send_task_failure = fail_with_cause


def stop_at_once():
    """Step Functions: StopExecution waits for the running task to end, and forgets why."""
    set_error = Environment.set_error

    def stop_execution(self):
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        execution.error, execution.cause = self._get_param("error"), self._get_param("cause")
        now = datetime.datetime.now(tz=datetime.timezone.utc)
        execution.stop(stop_date=now, error=execution.error, cause=execution.cause)
        for endpoint in list(execution.exec_worker.env.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()
        return ActionResult({"stopDate": now})

    def set_error_of_running(self, error):
        if self.is_running():
            set_error(self, error)

    StepFunctionResponse.stop_execution = stop_execution
    Environment.set_error = set_error_of_running


def count_lives():
    """Step Functions: $$.Execution.RedriveCount is missing; nothing is redriven here."""
    sfn_worker.ExecutionData = lambda **members: {**members, "RedriveCount": 0}


def name_sdk_errors():
    """Step Functions: SDK errors are spelled ssm.ssmException, not Ssm.SsmException."""
    sfn_sdk._SERVICE_ERROR_NAMES.update({"ssm": "Ssm", "ec2": "Ec2", "sns": "Sns"})


FILLS = (
    run_state_machines,
    read_paths,
    answer_terraform_about_state_machines,
    write_times_as_text,
    compare_times,
    start_executions_from_machines,
    answer_task_tokens_once,
    stop_at_once,
    count_lives,
    name_members,
    name_sdk_errors,
)
