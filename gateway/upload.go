package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hongyan-go/hongyan/bot"
)

// uploads are the files that clients have uploaded, each in a folder that is named by its bytes:
// the same upload is the same file.
type uploads struct {
	dir       string
	temporary bool
	swept     *sweep
}

type sweep struct {
	mu   sync.Mutex
	last time.Time
}

// uploadsKept is how long a file is kept: longer than the service may fetch it.
const uploadsKept = 48 * time.Hour

// openUploads makes the directory. What a bot with a durable store has accepted outlives the
// process, and so must its files.
func openUploads(h *bot.Handle, dir string) (uploads, error) {
	u := uploads{swept: &sweep{}}
	var err error
	switch downloads := h.Downloads(); {
	case dir != "":
		u.dir = dir
	case downloads != "":
		u.dir = filepath.Join(downloads, "uploads")
	default:
		u.temporary = true
		u.dir, err = os.MkdirTemp("", "hongyan-uploads-")
	}
	if err == nil {
		err = os.MkdirAll(u.dir, 0o700)
	}
	if err != nil {
		return uploads{}, fmt.Errorf("gateway: uploads: %w", err)
	}
	return u, nil
}

func (u uploads) close() error {
	if !u.temporary {
		return nil
	}
	return os.RemoveAll(u.dir)
}

// keep writes an upload to the disk.
func (g *Gateway) keep(a *attachment) (string, error) {
	data, err := a.bytes()
	if err != nil {
		return "", err
	}
	if len(data) == 0 {
		return "", invalid("the file is empty")
	}
	name, err := fileName(a)
	if err != nil {
		return "", err
	}
	g.uploads.sweep(g.h.Now())
	sum := sha256.Sum256(data)
	folder := filepath.Join(g.uploads.dir, hex.EncodeToString(sum[:16]))
	place := filepath.Join(folder, name)
	if _, err := os.Stat(place); err == nil {
		return place, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("gateway: uploads: %w", err)
	}
	file, err := os.CreateTemp(folder, ".part-")
	if err != nil {
		return "", fmt.Errorf("gateway: uploads: %w", err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), place)
	}
	if err != nil {
		return "", fmt.Errorf("gateway: uploads: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return place, nil
}

// sweep deletes what nobody fetches any more, once an hour at most.
func (u uploads) sweep(now time.Time) {
	u.swept.mu.Lock()
	defer u.swept.mu.Unlock()
	if now.Sub(u.swept.last) < time.Hour {
		return
	}
	u.swept.last = now
	list, err := os.ReadDir(u.dir)
	if err != nil {
		return // the write tells
	}
	for _, entry := range list {
		if info, err := entry.Info(); err == nil && entry.IsDir() && time.Since(info.ModTime()) > uploadsKept {
			_ = os.RemoveAll(filepath.Join(u.dir, entry.Name()))
		}
	}
}

// fileName is the name of a file: the one that is given, or that of its URL.
func fileName(a *attachment) (string, error) {
	name := a.Name
	if u, err := url.Parse(a.URL); name == "" && err == nil && a.URL != "" {
		name = path.Base(u.Path)
	}
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if name = strings.TrimLeft(strings.TrimSpace(name), "."); name == "" {
		if a.Name == "" && a.URL == "" {
			return "file", nil
		}
		return "", invalid("name: the file needs a name")
	}
	for len(name) > 200 {
		runes := []rune(name)
		name = string(runes[len(runes)/4:]) // its end says what it is
	}
	return name, nil
}

const multipartType = "multipart/form-data"

// multipartFormat reads a form as the JSON that it stands for.
var multipartFormat = huma.Format{ //nolint:gochecknoglobals // a constant
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		text, err := jsonOf(data)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, v) //nolint:wrapcheck // shown to the client
	},
}

// jsonOf makes one JSON object of a form: the part "message", with the files in base64. The first
// line of a form is its boundary.
func jsonOf(data []byte) ([]byte, error) {
	first, _, ok := bytes.Cut(data, []byte("\r\n"))
	boundary, dashes := strings.CutPrefix(string(first), "--")
	if !ok || !dashes || boundary == "" || len(boundary) > 70 {
		return nil, errors.New("the form has no boundary")
	}
	object := map[string]any{}
	files := map[string]map[string]any{}
	form := multipart.NewReader(bytes.NewReader(data), boundary)
	for {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the form: %w", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("the form: %w", err)
		}
		switch name := part.FormName(); name {
		case "message":
			if err := json.Unmarshal(content, &object); err != nil {
				return nil, fmt.Errorf("the part message: %w", err)
			}
		case "file", "image", "voice", "video", "cover":
			files[name] = map[string]any{"base64": base64.StdEncoding.EncodeToString(content)}
			if given := part.FileName(); given != "" {
				files[name]["name"] = given
			}
		default:
			return nil, fmt.Errorf("the form has a part %q: message, file, image, voice, video and cover are known", name)
		}
	}
	if object == nil {
		object = map[string]any{}
	}
	for name, file := range files {
		if name == "cover" {
			continue
		}
		if cover := files["cover"]; name == "video" && cover != nil {
			file["cover"] = cover
		}
		object[name] = file
	}
	return json.Marshal(object) //nolint:wrapcheck // it was JSON before
}

// documentMultipart adds the form to the document of POST /v1/messages.
func documentMultipart(api huma.API) {
	binary := &huma.Schema{Type: "string", Format: "binary"}
	api.OpenAPI().Paths["/v1/messages"].Post.RequestBody.Content[multipartType] = &huma.MediaType{Schema: &huma.Schema{
		Type: "object", Required: []string{"message"}, Properties: map[string]*huma.Schema{
			"message": {Type: "string", Description: "The JSON of the message."},
			"file":    binary, "image": binary, "voice": binary, "video": binary, "cover": binary,
		},
	}}
}
