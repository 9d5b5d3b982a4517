package slacksim

// Slack's published limits; lengths count characters unless a name says bytes.
const (
	maxMessageBlocks = 50  // blocks in a message
	maxViewBlocks    = 100 // blocks in a modal or App Home

	maxID       = 255  // block_id, action_id, callback_id, external_id
	maxMetadata = 3000 // private_metadata of a view
	maxURL      = 3000 // url of a button, option or image
	maxAltText  = 2000 // alt_text and title of an image

	maxSectionText = 3000
	maxFieldText   = 2000 // each of a section's fields
	maxFields      = 10
	maxHeader      = 150
	maxContext     = 10 // elements of a context block
	maxContextText = 3000
	maxActions     = 25 // elements of an actions block
	maxLabel       = 2000
	maxMarkdown    = 12000 // text of a markdown block
	maxVideoText   = 200   // title and description of a video
	maxVideoName   = 50    // author and provider of a video
	maxRichText    = 1000  // parts of rich text; a bound of the simulator, not of Slack

	maxButtonText    = 75
	maxButtonValue   = 2000
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30

	maxPlaceholder  = 150
	maxOptions      = 100 // options of a select, and option groups
	maxFewOptions   = 10  // options of radio buttons and checkboxes
	maxOverflow     = 5   // options of an overflow menu
	maxOptionText   = 75
	maxOptionValue  = 150
	maxInputText    = 3000 // plain_text_input
	maxModalCaption = 24   // title, submit and close of a modal
	maxModals       = 3    // modals on top of each other
	maxViewBytes    = 250_000

	maxPostText   = 40_000 // chat.postMessage cuts the text above
	maxUpdateText = 4_000  // chat.update refuses the text above
)

// maxBlocksBytes is where the blocks of a message, as compact JSON, become
// msg_blocks_too_long. The threshold is unpublished; accepted at 5.7 kB, refused
// at 15.2 kB.
const maxBlocksBytes = 13_000
