// Package words finds which of many words a text contains, in one pass and without keeping the
// places: what it needs does not grow with the text, however often a word occurs.
package words

import "slices"

// Index is an Aho-Corasick automaton over words. The zero Index has none.
type Index struct {
	class  [256]uint16 // of a byte; 0 for those in no word
	width  int32       // number of classes
	next   []int32     // state + class → 2*state, and 1 if a word ends there; a state is its place in this table
	word   []int32     // by state / width: the number of the word that ends here, -1 if none does
	suffix []int32     // by state / width: the longest shorter suffix at which a word ends, 0 if none does
	count  int
}

// New makes an index. A word that is empty is in no text, and of equal words only one is found.
func New(words []string) *Index {
	x := &Index{width: 1, count: len(words)}
	for _, w := range words {
		for i := range len(w) {
			if x.class[w[i]] == 0 {
				x.class[w[i]] = uint16(x.width) //nolint:gosec // at most 256
				x.width++
			}
		}
	}
	x.grow()
	for i, w := range words {
		if w != "" {
			x.add(w, int32(i))
		}
	}
	x.link()
	return x
}

// grow makes a state.
func (x *Index) grow() int32 {
	state := int32(len(x.next)) //nolint:gosec // as many as fit into memory
	x.next = append(x.next, make([]int32, x.width)...)
	x.word, x.suffix = append(x.word, -1), append(x.suffix, 0)
	return state
}

func (x *Index) add(word string, number int32) {
	state := int32(0)
	for i := range len(word) {
		at := state + int32(x.class[word[i]])
		if x.next[at] == 0 {
			created := x.grow()
			x.next[at] = created
		}
		state = x.next[at]
	}
	x.word[state/x.width] = number
}

// link completes the transitions: a state without one for a byte goes on as its longest suffix
// would.
func (x *Index) link() {
	fail := make([]int32, len(x.word))
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		back := fail[state/x.width]
		for class := int32(1); class < x.width; class++ {
			fallback := int32(0)
			if state != 0 {
				fallback = x.next[back+class]
			}
			child := x.next[state+class]
			if child == 0 {
				x.next[state+class] = fallback
				continue
			}
			fail[child/x.width] = fallback
			x.suffix[child/x.width] = x.suffix[fallback/x.width]
			if x.word[fallback/x.width] >= 0 {
				x.suffix[child/x.width] = fallback
			}
			queue = append(queue, child)
		}
	}
	for i, state := range x.next {
		x.next[i] = 2 * state
		if at := state / x.width; x.word[at] >= 0 || x.suffix[at] != 0 {
			x.next[i]++
		}
	}
}

// ends is the place in word and suffix of the longest word that ends in a state.
func (x *Index) ends(state int32) int32 {
	at := state / x.width
	if x.word[at] < 0 {
		at = x.suffix[at] / x.width
	}
	return at
}

// Each calls visit once for each word that the text contains, with the number of the word.
func (x *Index) Each(text string, visit func(word int)) {
	var seen set
	left, state := x.count, int32(0)
	for i := 0; i < len(text) && left > 0; i++ {
		to := x.next[state+int32(x.class[text[i]])]
		if state = to >> 1; to&1 == 0 {
			continue
		}
		for at := x.ends(state); at != 0; at = x.suffix[at] / x.width {
			n := x.word[at]
			if !seen.add(n, x.count) {
				break // and so were the shorter ones
			}
			left--
			visit(int(n))
		}
	}
}

// set is a set of numbers. It costs no allocation as long as it is small, however large the
// numbers.
type set struct {
	few  [16]int32
	size int
	bits []uint64 // of more than few
}

// add puts n, which is below limit, into the set, and reports whether it was not there.
func (s *set) add(n int32, limit int) bool {
	if s.bits == nil {
		if slices.Contains(s.few[:s.size], n) {
			return false
		}
		if s.size < len(s.few) {
			s.few[s.size] = n
			s.size++
			return true
		}
		s.bits = make([]uint64, (limit+63)/64)
		for _, old := range s.few {
			s.bits[old/64] |= 1 << (old % 64)
		}
	}
	if s.bits[n/64]&(1<<(n%64)) != 0 {
		return false
	}
	s.bits[n/64] |= 1 << (n % 64)
	return true
}

// Any reports whether accept agrees to one of the places at which a word stands in the text. It
// gets the number of the word and the offset of the byte after it.
func (x *Index) Any(text string, accept func(word, end int) bool) bool {
	state := int32(0)
	for i := range len(text) {
		to := x.next[state+int32(x.class[text[i]])]
		if state = to >> 1; to&1 == 0 {
			continue
		}
		for at := x.ends(state); at != 0; at = x.suffix[at] / x.width {
			if accept(int(x.word[at]), i+1) {
				return true
			}
		}
	}
	return false
}
