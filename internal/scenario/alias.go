package scenario

import "go.yaml.in/yaml/v4"

// excess gives the line of the first value that is larger than a file may be when
// the aliases in it are written out; 0 is none. A few letters can stand for as much
// as one likes, or for themselves.
func excess(root *yaml.Node) (line int) {
	sizes := map[*yaml.Node]int{}
	var size func(n *yaml.Node) int
	size = func(n *yaml.Node) int {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		if known, measured := sizes[n]; measured {
			return known
		}
		// Whoever comes here again is inside of the value itself.
		sizes[n] = maxFile + 1
		sum := len(n.Value)
		for _, item := range n.Content {
			// A value has something around it, a comma at least.
			sum = min(sum+1+size(item), maxFile+1)
		}
		if sum > maxFile && line == 0 {
			line = n.Line
		}
		if n.Anchor == "" {
			delete(sizes, n)
		} else {
			sizes[n] = sum
		}
		return sum
	}
	if size(root) > maxFile && line == 0 {
		line = 1
	}
	return line
}
