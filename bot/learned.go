package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/store"
)

// LearnedAccounts lists the accounts that bots with this state have had callbacks of in the last
// week. A bot without a list of accounts works for all of them.
func LearnedAccounts(ctx context.Context, state store.State) ([]Account, error) {
	entries, err := state.List(ctx, accountPrefix, "", maxAccounts)
	if err != nil {
		return nil, fmt.Errorf("bot: accounts: %w", err)
	}
	all := make([]Account, len(entries))
	for i, e := range entries {
		all[i] = Account{AppID: strings.TrimPrefix(e.Key, accountPrefix), Wxid: string(e.Value)}
	}
	return all, nil
}
