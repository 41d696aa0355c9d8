package store

import "github.com/tidwall/btree"

// rows are the rows of one tenant in the order of their keys. A copy costs nothing:
// the two have everything in common until one of them is written to, and then what
// was not written to. Nothing is no rows.
type rows struct{ tree *btree.BTreeG[row] }

type row struct{ key, value string }

// degree bounds the nodes of trees: what is written to is copied by the node.
const degree = 32

// copied gives what can be written to while others read r, which nobody writes to
// any more. It must not be called twice at a time.
func (r rows) copied() rows {
	if r.tree == nil {
		return rows{btree.NewBTreeGOptions(func(a, b row) bool { return a.key < b.key }, btree.Options{Degree: degree, NoLocks: true})}
	}
	return rows{r.tree.IsoCopy()}
}

func (r rows) len() int {
	if r.tree == nil {
		return 0
	}
	return r.tree.Len()
}

func (r rows) get(key string) (value string, ok bool) {
	if r.tree == nil {
		return "", false
	}
	found, ok := r.tree.Get(row{key: key})
	return found.value, ok
}

// set writes a row of what was copied.
func (r rows) set(key, value string) { r.tree.Set(row{key, value}) }

// delete removes a row of what was copied, and reports whether it was there.
func (r rows) delete(key string) bool {
	_, was := r.tree.Delete(row{key: key})
	return was
}

// ascend visits the rows from a key on.
func (r rows) ascend(from string, visit func(key, value string) bool) {
	if r.tree != nil {
		r.tree.Ascend(row{key: from}, func(found row) bool { return visit(found.key, found.value) })
	}
}
