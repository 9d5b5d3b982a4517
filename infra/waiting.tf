# How long a question waits for its answer, and when it is asked again, for the state machine.

locals {
  # How long a question waits, in hours since it was asked, and when it is asked again. What is not said
  # about critical patches is as for the others, as far as that comes in time.
  reminders                    = coalesce(var.remind_after_hours, [for hours in [24, 48] : hours if hours < var.answer_within_hours])
  critical_answer_within_hours = coalesce(var.critical_answer_within_hours, var.answer_within_hours)
  critical_reminders           = coalesce(var.critical_remind_after_hours, [for hours in local.reminders : hours if hours < local.critical_answer_within_hours])

  waiting = {
    usual = {
      answer_within  = var.answer_within_hours
      remind_after   = local.reminders
      escalate_after = var.escalate_after_hours == null ? max(floor(var.answer_within_hours * 5 / 6), local.reminders...) : var.escalate_after_hours
    }
    critical = {
      answer_within = local.critical_answer_within_hours
      remind_after  = local.critical_reminders
      escalate_after = (
        var.critical_escalate_after_hours != null ? var.critical_escalate_after_hours :
        var.escalate_after_hours == 0 ? 0 :
        var.escalate_after_hours != null && var.critical_answer_within_hours == null && var.critical_remind_after_hours == null ? var.escalate_after_hours :
        max(floor(local.critical_answer_within_hours * 5 / 6), local.critical_reminders...)
      )
    }
  }

  waiting_seconds = { for of, waiting in local.waiting : of => {
    answer_within_seconds  = waiting.answer_within * 3600
    remind_after_seconds   = [for hours in waiting.remind_after : hours * 3600]
    escalate_after_seconds = waiting.escalate_after * 3600
  } }

  # When each wait begins. The last reminder may be the one that escalates.
  wait_begins = { for of, waiting in local.waiting_seconds : of => concat(
    [0], waiting.remind_after_seconds,
    waiting.escalate_after_seconds > max(0, waiting.remind_after_seconds...) ? [waiting.escalate_after_seconds] : [],
  ) }

  # What the machine waits for, one after the other, as workflow/waiting.go says.
  waits = { for of, begins in local.wait_begins : of => [for i, at in begins : [
    i,
    (i + 1 < length(begins) ? begins[min(i + 1, length(begins) - 1)] : local.waiting_seconds[of].answer_within_seconds) - at,
    local.waiting_seconds[of].answer_within_seconds - at,
    at > 0 && at == local.waiting_seconds[of].escalate_after_seconds,
  ]] }
}
