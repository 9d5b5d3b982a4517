package asl

// announce puts the status of an execution into the news, to be told by release.
func (i *Interpreter) announce(e *execution) {
	if _, telling := i.news[e]; !telling {
		i.untold = append(i.untold, e)
	}
	i.news[e] = append(i.news[e], e.change())
}

// release unlocks the interpreter, then tells the news. Those of one execution are told
// one after the other, by whoever was the first to have some.
func (i *Interpreter) release() {
	untold := i.untold
	i.untold = nil
	i.mu.Unlock()
	for _, e := range untold {
		for more := true; more; {
			more = i.tellNext(e)
		}
	}
}

// tellNext tells the oldest news of an execution, and gives whether there was any.
func (i *Interpreter) tellNext(e *execution) bool {
	i.mu.Lock()
	queue := i.news[e]
	if len(queue) == 0 {
		delete(i.news, e)
		i.mu.Unlock()
		return false
	}
	i.news[e] = queue[1:]
	i.mu.Unlock()
	if i.config.OnStatus != nil {
		i.config.OnStatus(queue[0])
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.news[e]) == 0 {
		e.wasTold()
	}
	return true
}

// wasTold goes on where everybody knows the latest status.
func (e *execution) wasTold() {
	if e.status == StatusRunning {
		e.begin()
		return
	}
	e.told = true
	if e.done != nil {
		close(e.done)
	}
}
