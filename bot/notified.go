package bot

// Notified says whom the chat notifies of a question, and of a bad end, where an owner says it:
// its zero value stands for those who may decide.
type Notified struct {
	Named  bool     `json:",omitempty"` // whether the owner says it; nobody below: nobody is notified
	Users  []string `json:",omitempty"` // the chat's ids of people, e.g. "U0123"
	Groups []string `json:",omitempty"` // the chat's ids of groups, e.g. "S0123"
	Here   bool     `json:",omitempty"` // all members of the channel who are active
}
