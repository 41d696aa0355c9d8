package store

// Mark is a place in a transaction to which it can be taken back.
type Mark struct {
	// written and logged are how much had been noted, and taken down for the data
	// file.
	written, logged int
}

// before is what a key had before it was written.
type before struct {
	key, value string
	present    bool
}

// Mark gives the place at which the transaction is now. Only from the first mark
// on does a transaction note what it writes over: one without costs nothing.
func (t *Tx) Mark() Mark {
	t.marked = true
	m := Mark{written: len(t.undo)}
	if t.log != nil {
		m.logged = len(t.log.buf)
	}
	return m
}

// Undo takes back what was written since a mark of this transaction, for readers
// as for the data file. The mark can be used again; those taken after it cannot.
func (t *Tx) Undo(m Mark) {
	for i := len(t.undo) - 1; i >= m.written; i-- {
		if b := t.undo[i]; b.present {
			t.set(b.key, b.value)
		} else {
			t.remove(b.key)
		}
	}
	clear(t.undo[m.written:])
	t.undo = t.undo[:m.written]
	if t.log != nil {
		t.log.buf = t.log.buf[:m.logged]
	}
}

// note notes what a key had, if it may have to be put back.
func (t *Tx) note(key, value string, present bool) {
	if t.marked {
		t.undo = append(t.undo, before{key, value, present})
	}
}
