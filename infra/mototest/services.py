"""Fills the gaps of moto's SQS, Lambda and DynamoDB."""

import threading

from moto.awslambda.models import LambdaFunction
from moto.core.config import default_user_config
from moto.dynamodb.exceptions import DynamodbException
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, Queue


def keep_queue_policies():
    """SQS: RedrivePolicy is rewritten, RedriveAllowPolicy is forgotten, and messages for a
    function go into Docker instead of waiting to be received."""
    Queue.BASE_ATTRIBUTES = Queue.BASE_ATTRIBUTES + ["RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None
    Queue.redrive_policy_text = None
    Queue.lambda_event_source_mappings = property(lambda self: {}, lambda self, value: None)
    attributes, set_attributes = Queue.attributes.fget, Queue._set_attributes

    def set_what_is_named(self, named, now=None):
        named = dict(named)
        if named.get("RedriveAllowPolicy") == "":
            named["RedriveAllowPolicy"] = None
        if "Policy" not in named:  # moto forgets the policy when another attribute is set
            named["Policy"] = getattr(self, "policy", None)
        set_attributes(self, named, now)
        if "RedrivePolicy" in named:
            self.redrive_policy_text = named["RedrivePolicy"] or None

    def with_policies_as_set(self):
        result = attributes(self)
        if self.redrive_policy and isinstance(self.redrive_policy_text, str):
            result["RedrivePolicy"] = self.redrive_policy_text
        return result

    Queue._set_attributes = set_what_is_named
    Queue.attributes = property(with_policies_as_set)


def drop_old_news_by_group():
    """SQS: messages of a FIFO queue are told apart in the whole queue, whatever its
    DeduplicationScope says, and those that were deleted are forgotten. SQS remembers them for five
    minutes."""
    add = Queue.add_message

    def add_news(self, message):
        if not (self.fifo_queue and message.deduplication_id):
            return add(self, message)
        group = message.group_id if self.attributes.get("DeduplicationScope") == "messageGroup" else None
        taken, news = self.__dict__.setdefault("taken", {}), (group, message.deduplication_id)
        with self._messages_lock:
            age = (message.sent_timestamp - taken.get(news, 0)) / 1000
            if news in taken and age < DEDUPLICATION_TIME_IN_SECONDS:
                return None
            taken[news] = message.sent_timestamp
            self._messages.append(message)
            self._messages_lock.notify_all()
        return None

    Queue.add_message = add_news


def keep_function_settings():
    """Lambda: settings that moto does not act on are forgotten, and functions run in Docker."""
    default_user_config["lambda"]["use_docker"] = False
    create, update, get = LambdaFunction.__init__, LambdaFunction.update_configuration, LambdaFunction.get_configuration

    def keep(self, spec):
        for name in ("DeadLetterConfig", "LoggingConfig", "KMSKeyArn", "TracingConfig"):
            if name in spec:
                self.kept[name] = spec[name]
        if spec.get("EphemeralStorage"):
            self.ephemeral_storage = spec["EphemeralStorage"]["Size"]

    def create_and_keep(self, account_id, spec, region, version=1):
        create(self, account_id, spec, region, version)
        self.kept = {"LoggingConfig": {"LogFormat": "Text", "LogGroup": self.logs_group_name}}
        keep(self, spec)

    def update_and_keep(self, config_updates):
        keep(self, config_updates)
        return update(self, config_updates)

    def get_with_kept(self, on_create=False):
        config = {**get(self, on_create), **self.kept}
        config["LoggingConfig"] = {"LogGroup": self.logs_group_name, **config["LoggingConfig"]}
        return config

    LambdaFunction.__init__ = create_and_keep
    LambdaFunction.update_configuration = update_and_keep
    LambdaFunction.get_configuration = get_with_kept


def take_turns_in_dynamodb():
    """DynamoDB: a cancelled transaction restores the whole table as it was, and so undoes what
    others wrote meanwhile. One call at a time."""
    turn, call = threading.RLock(), DynamoHandler.call_action

    def call_in_turn(self):
        with turn:
            return call(self)

    DynamoHandler.call_action = call_in_turn


def know_transactions_by_token():
    """DynamoDB: a transaction that comes again under its ClientRequestToken is carried out once
    more. The SDK sets the token, and sends it again when the answer was lost. DynamoDB forgets a token
    after ten minutes; here no test lasts so long."""
    done, write = {}, DynamoHandler.transact_write_items

    def write_once(self):
        token, items = self.body.get("ClientRequestToken"), self.body["TransactItems"]
        if done.get(token, items) != items:
            raise DynamodbException(
                "IdempotentParameterMismatchException", "the token was used for another transaction"
            )
        if token in done:
            return DynamoResult({})
        result = write(self)
        if token:
            done[token] = items
        return result

    DynamoHandler.transact_write_items = write_once


FILLS = (
    keep_queue_policies,
    drop_old_news_by_group,
    keep_function_settings,
    take_turns_in_dynamodb,
    know_transactions_by_token,
)
