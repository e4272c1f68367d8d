package bot

import (
	"github.com/hongyan-go/hongyan/store"
)

// OpenStore opens the store that New would open for a configuration, for a program that needs it
// before the bot. Give it to New as Config.Store, or close it.
func OpenStore(c Config) (store.Store, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = c.newLogger()
	}
	return openStore(c, c.Logger)
}
