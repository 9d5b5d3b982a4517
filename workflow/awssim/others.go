package awssim

import (
	"strings"
	"time"
)

// documentName is the document that a command runs.
func (c *command) documentName() string {
	if c.document == "" {
		return patchDocument
	}
	return c.document
}

// AddDocument adds a document of this account that runs one script and takes no parameters. A
// fault's Operation is its name.
func (f *Fleet) AddDocument(name string) {
	_ = f.change(func() error {
		f.documents = append(f.documents, name)
		return nil
	})
}

// patches reports whether a command installs patches, and so takes the machine's lock.
func (c *command) patches() bool { return strings.Contains(c.documentName(), "Patch") }

// SendByOthers runs a document on a machine that somebody else chose, as a maintenance window
// does. One whose name tells of patches installs what is missing and reboots, like our own; any
// other takes as long, and changes nothing.
func (f *Fleet) SendByOthers(id, document string) error {
	return f.changeNode(id, func(n *node) error {
		c := &command{id: f.ids.uuid(), document: document, operation: "Install", rebootOption: rebootIfNeeded,
			timeout: time.Hour, requested: f.now()}
		f.commands = append(f.commands, c)
		f.send(c, n)
		return nil
	})
}
