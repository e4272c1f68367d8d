package main

import (
	"fmt"
	"path/filepath"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// downloadCmd saves the file, picture, voice or video of a message.
type downloadCmd struct {
	accountFlags
	Message  string `arg:"" help:"A file with a callback body, or with the XML of a message; - is standard input."`
	Out      string `type:"path" default:"." help:"The directory to write to."`
	Name     string `help:"Name of the file, instead of the one that the sender gave."`
	Original bool   `help:"The size of a picture that was sent, instead of the one that the phone shows."`
}

// Help describes the limits of a download.
func (downloadCmd) Help() string {
	return "The name is made safe, the size is bounded, and the link must not lead into a private network. " +
		"WeChat keeps files for about two weeks."
}

// Run downloads the file.
func (cmd *downloadCmd) Run(c console) error {
	event, err := readMessage(c.in, cmd.Message)
	if err != nil {
		return fmt.Errorf("download: %w", err)
	}
	return cmd.with(c, func(a *account) error {
		files := a.settings.Files
		fetcher, err := media.New(media.Config{
			Client: a.client, Dir: cmd.Out, MaxSize: files.MaxSize, FileBase: files.FileBase, AllowHosts: files.AllowHosts,
			KeepMismatched: files.KeepMismatched, Wait: c.sleep,
		})
		if err != nil {
			return err
		}
		if cmd.JSON {
			c.screen = nil
		}
		stop := c.progress("download", megabytes, unfinished(cmd.Out), func() int64 { return announced(event) })
		file, err := fetcher.Download(c.ctx, media.Message{
			AppID: a.appID, Payload: event.Payload(), XML: event.Content, MsgID: event.MsgID, Time: event.Time,
			Name: cmd.Name, Original: cmd.Original,
		})
		stop() // before anything is printed
		if err != nil {
			return err
		}
		return cmd.print(c, file, func() error {
			c.tell("%s  %d bytes  %s", file.Path, file.Size, file.Type)
			return nil
		})
	})
}

// unfinished is the size of what is being downloaded to a directory.
func unfinished(dir string) func() int64 {
	return func() int64 {
		files, _ := filepath.Glob(filepath.Join(dir, ".partial", "*"))
		return sizeOf(files...)()
	}
}

// announced is the size of a file as its message says; 0 for other messages.
func announced(event *callback.Event) int64 {
	if f, ok := event.Payload().(*xmlmsg.File); ok {
		return f.Size
	}
	return 0
}
