package media_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// A received file is saved to disk.
func ExampleFetcher_Download() {
	sim, err := simulator.New(simulator.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	m, _ := sim.Group("A").Member("alice").Drop(simulator.File{Name: "../info.json", Size: 63})
	client, _ := api.New(api.Config{BaseURL: sim.BaseURL(), Token: sim.Token()})
	defer client.Close()
	dir, _ := os.MkdirTemp("", "media")
	defer os.RemoveAll(dir)

	fetcher, err := media.New(media.Config{Client: client, Dir: dir, Gap: media.NoGap()})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := fetcher.Download(context.Background(), media.Message{
		AppID: simulator.DefaultAppID, XML: m.Content, Payload: xmlmsg.Parse(xmlmsg.Message{Type: m.MsgType,
			Content: m.Content}), Folder: []string{"A"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	path, _ := filepath.Rel(dir, file.Path)
	fmt.Println(filepath.ToSlash(path), file.Size)
	// Output: A/_info.json 63
}

// A file of this machine is offered by a link that expires.
func ExampleFileServer() {
	path := filepath.Join(os.TempDir(), "hongyan-example.txt")
	if err := os.WriteFile(path, []byte("hello"), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(path)
	var base string
	files := media.NewFileServer(media.FileServerConfig{BaseURL: func() string { return base }})
	server := httptest.NewServer(files)
	defer server.Close()
	base = server.URL

	link, err := files.Put(context.Background(), media.Object{Path: path, Name: "hello.txt"})
	if err != nil {
		fmt.Println(err)
		return
	}
	response, err := http.Get(link)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	fmt.Println(response.Status, response.ContentLength)
	// Output: 200 OK 5
}
