// Package limit names Slack's limits, for whoever keeps them and for the simulator that
// enforces them. Lengths count characters unless a name says bytes.
//
// They are from the reference of each block, element and method at docs.slack.dev; where it
// says nothing, the comment says how the figure is known.
package limit

// Of messages.
const (
	MessageBlocks = 50     // blocks in a message
	PostText      = 40_000 // chat.postMessage cuts the text above
	UpdateText    = 4_000  // chat.update refuses the text above
	// BlocksBytes is where the blocks of a message, as compact JSON, become
	// msg_blocks_too_long. The threshold is unpublished; accepted at 5.7 kB, refused at
	// 15.2 kB.
	BlocksBytes = 13_000
)

// Of modals and App Home.
const (
	ViewBlocks   = 100     // blocks in a view
	Metadata     = 3000    // private_metadata of a view
	ModalCaption = 24      // title, submit and close of a modal
	Modals       = 3       // modals on top of each other
	ViewBytes    = 250_000 // of a view as JSON
)

// Of blocks.
const (
	ID          = 255 // block_id, action_id, callback_id, external_id
	Header      = 150
	SectionText = 3000
	Fields      = 10   // of a section
	FieldText   = 2000 // each of a section's fields
	Context     = 10   // elements of a context block
	ContextText = 3000
	Actions     = 25 // elements of an actions block
	Label       = 2000
	Markdown    = 12000 // text of a markdown block
	AltText     = 2000  // alt_text and title of an image
	URL         = 3000  // url of a button, option or image
	VideoText   = 200   // title and description of a video
	VideoName   = 50    // author and provider of a video
)

// Of elements.
const (
	ButtonText    = 75
	ButtonValue   = 2000
	ConfirmTitle  = 100
	ConfirmText   = 300
	ConfirmButton = 30

	Placeholder = 150
	Options     = 100 // options of a select, and option groups
	FewOptions  = 10  // options of radio buttons and checkboxes
	Overflow    = 5   // options of an overflow menu
	OptionText  = 75
	OptionValue = 150
	InputText   = 3000 // plain_text_input
)

// Of the app's manifest.
const (
	ManifestName        = 35
	ManifestDescription = 140
	CommandText         = 32   // a slash command, its slash included
	UsageHint           = 1000 // of a slash command
)
