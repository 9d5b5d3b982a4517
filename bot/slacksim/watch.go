package slacksim

import "slices"

// ChangeKind says what happened to a message or a view.
type ChangeKind string

// The kinds of Change.
const (
	Posted     ChangeKind = "posted"      // a message, or an ephemeral one, appeared
	Updated    ChangeKind = "updated"     // a message says something else now
	Deleted    ChangeKind = "deleted"     // a message is gone
	ViewShown  ChangeKind = "view shown"  // a modal or App Home appeared or changed
	ViewClosed ChangeKind = "view closed" // a modal is gone
)

// Change is one visible change in the workspace. Message is set for messages,
// View for views.
type Change struct {
	Kind    ChangeKind
	Message Message
	View    View
}

// Watch calls see after every change from now on, on the goroutine that made
// the change and while the workspace is unlocked: see may read the workspace
// and click. Changes made at the same time may be seen in either order.
func (w *Workspace) Watch(see func(Change)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watchers = append(w.watchers, see)
}

// notify tells the watchers. The caller must not hold the lock.
func (w *Workspace) notify(changes []Change) {
	w.mu.Lock()
	watchers := slices.Clone(w.watchers)
	w.mu.Unlock()
	for _, change := range changes {
		for _, see := range watchers {
			see(change)
		}
	}
}
