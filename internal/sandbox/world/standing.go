package world

// Standing notes that a verification stands still until documents come, so that
// those that do are found without looking at all the others.
type Standing struct {
	ID  string `json:"id"`
	Seq int64  `json:"seq"`
}

// Key is what the note is stored under: the id of its verification.
func (n *Standing) Key() (id string, seq int64) { return n.ID, n.Seq }
