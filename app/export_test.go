package app

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/texts"
)

// Keys are the keys of the file that have no keys below them: service.token, accounts[].app_id.
func Keys() (all []string) {
	fields := conf.Fields(reflect.TypeFor[schema]())
	for _, f := range conf.Fields(reflect.TypeFor[expectation]()) {
		all = append(all, "tests[].expect."+f.Key)
	}
	for i, f := range fields {
		if i+1 < len(fields) && (strings.HasPrefix(fields[i+1].Key, f.Key+".") || strings.HasPrefix(fields[i+1].Key, f.Key+"[].")) {
			continue
		}
		all = append(all, f.Key)
	}
	return all
}

// Live is a bot that follows its file.
type Live struct{ live }

// StartLive makes the bot of a file. say gets what the program would print.
func StartLive(ctx context.Context, path string, reader Reader, say func(line string)) (*Live, error) {
	file, err := reader.Load(path)
	if err != nil {
		return nil, err
	}
	file.Bot.Logger = zap.NewNop()
	l := &Live{live{path: path, reader: reader, say: func(format string, args ...any) { say(fmt.Sprintf(format, args...)) },
		printer: texts.In(lang.English)}}
	return l, start(ctx, &l.live, file)
}

// Bot is the bot.
func (l *Live) Bot() *bot.Bot { return l.bot }

// Reload reads the file again.
func (l *Live) Reload(ctx context.Context) (lines []string, err error) {
	found, err := l.reload(ctx)
	for _, line := range found {
		lines = append(lines, line.String())
	}
	return lines, err
}

// Found looks up the names that have no id, and reloads if one has one now.
func (l *Live) Found(ctx context.Context) bool { return l.found(ctx) }

// Again is what happens when the file is saved.
func (l *Live) Again(ctx context.Context) []string { return l.again(ctx).Lines }

// Run runs the bot, and follows its file.
func (l *Live) Run(ctx context.Context) error { return l.run(ctx, nil, nil) }

// Gateway is the address of the gateway.
func (l *Live) Gateway() string { return l.gateway.Address() }
