package asl

// failed retries the current state, goes where a catcher leads, or fails the branch.
func (b *branch) failed(f *failure) {
	b.cancelInvoke()
	if b.retry(f) {
		b.fork = nil
		return
	}
	b.caught(f)
}

// caught goes where a catcher leads, or fails the branch.
func (b *branch) caught(f *failure) {
	for _, c := range b.state.catch {
		if c.errors.matches(f) {
			if err := b.catch(c, f); err != nil {
				b.fail(b.evaluationFailure(err))
			}
			return
		}
	}
	b.fail(f)
}

// retry waits for another try if the first retrier that covers the error has one left.
func (b *branch) retry(f *failure) bool {
	retriers := b.state.retry
	for n, r := range retriers {
		if !r.errors.matches(f) {
			continue
		}
		if b.retries == nil {
			b.retries = make([]int, len(retriers))
		}
		if b.retries[n] >= r.attempts {
			return false
		}
		b.phase, b.due = backing, b.execution.now().Add(r.delay(b.retries[n]))
		b.retries[n]++
		b.retryCount++
		return true
	}
	return false
}

// catch goes on with the error output, {"Error": ..., "Cause": ...}.
func (b *branch) catch(c *catcher, f *failure) error {
	sc, err := b.scope("")
	if err != nil {
		return err
	}
	errorOutput := f.output()
	output, err := c.resultPath.apply(sc.input, errorOutput)
	if err != nil {
		return err
	}
	return b.commit(sc.with(errorOutput), c.next, c.assign, output)
}
