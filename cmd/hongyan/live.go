package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/bot"
)

// liveTimeout bounds the question whether the bot is alive.
const liveTimeout = 3 * time.Second

// liveCmd asks the bot on this machine whether it is alive, for the health check of a container
// that has no other program.
type liveCmd struct {
	jsonFlag
	Address string `placeholder:"HOST:PORT" help:"The admin address of the bot; default: HONGYAN_ADMIN, else 127.0.0.1:8081. 管理地址。"`
}

// Run asks /livez. It fails if the bot is not alive.
func (cmd *liveCmd) Run(c console) error {
	set, _ := c.lookup()("HONGYAN_ADMIN")
	address := cmp.Or(cmd.Address, set, bot.DefaultAdmin)
	if address == bot.NoAdmin {
		return errors.New("live: the bot has no admin address: set HONGYAN_ADMIN, or give --address")
	}
	ctx, cancel := context.WithTimeout(c.ctx, liveTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/livez", nil)
	if err != nil {
		return fmt.Errorf("live: %q is not an address: write 127.0.0.1:8081", address)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("live: no bot answers at %s: is it running, with this admin address? (%w)", address, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("live: the bot at %s is not alive (%s): hongyan doctor tells more", address, response.Status)
	}
	return cmd.done(c, map[string]any{"alive": true, "address": address}, "alive")
}
