package nats

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
)

// assign distributes the partitions evenly over the members. When a member joins or leaves, few
// partitions of other members move. All processes that know the same members compute the same
// result.
func assign(members []string, partitions int) []string {
	owners := make([]string, partitions)
	if len(members) == 0 {
		return owners
	}
	least, more := partitions/len(members), partitions%len(members)
	has := map[string]int{}
	for p := range owners {
		ranked := slices.Clone(members)
		slices.SortFunc(ranked, func(a, b string) int {
			if c := cmp.Compare(weight(b, p), weight(a, p)); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		})
		for _, m := range ranked {
			if has[m] < least || has[m] == least && more > 0 {
				if has[m] == least {
					more--
				}
				has[m]++
				owners[p] = m
				break
			}
		}
	}
	return owners
}

// weight is the rank of a member for a partition (rendezvous hashing).
func weight(member string, partition int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(member + "/" + strconv.Itoa(partition)))
	x := h.Sum64() // FNV alone differs too little between neighbours, so mix the bits
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}
