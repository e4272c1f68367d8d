package nats

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
)

// assign spreads the partitions over the members: each gets as many as any other, or one more; when a member comes or goes, few others move. All
// processes that know the same members come to the same result.
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

// weight is how much a member wants a partition (rendezvous hashing).
func weight(member string, partition int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(member + "/" + strconv.Itoa(partition)))
	x := h.Sum64() // which alone differs too little between neighbours
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return x
}
