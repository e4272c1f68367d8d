package bot

import (
	"os"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/logging"
	"github.com/hongyan-go/hongyan/internal/texts"
)

// newLogger makes the logger of a bot that got none. The level was checked before.
func (c *Config) newLogger() *zap.Logger {
	level, _ := logging.ParseLevel(c.LogLevel)
	return logging.New(os.Stderr, logging.FormatOf(os.Stderr, os.LookupEnv), level, texts.For(os.LookupEnv))
}
