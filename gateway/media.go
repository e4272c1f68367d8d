package gateway

import (
	"context"
	"errors"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
)

type mediaInput struct {
	ID       string `path:"id" maxLength:"512" doc:"The key or id of an event whose message has a picture, voice, video, sticker or file."`
	Original bool   `query:"original" doc:"The original of a picture instead of the one that is shown."`
	Range    string `header:"Range" doc:"A part of the file, such as bytes=0-1023."`
}

func (g *Gateway) registerMedia(api huma.API) {
	op := g.operation(api, mayRead, http.MethodGet, "/v1/media/{id}", "media", "Get the file of a message",
		"Downloads it from the service if it was not downloaded yet, which waits for its turn and takes some seconds. "+
			"The ETag is the SHA-256 of the file.",
		http.StatusNotFound, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusRequestedRangeNotSatisfiable)
	bytes := map[string]*huma.MediaType{"*/*": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The file", Content: bytes}, "206": {Description: "A part of the file", Content: bytes},
		"304": {Description: "The client has the file"}, "412": {Description: "The file is another one than If-Match names"},
	}
	huma.Register(api, op, g.media)
}

// media is GET /v1/media/{id}.
func (g *Gateway) media(ctx context.Context, in *mediaInput) (*huma.StreamResponse, error) {
	e, err := g.seen(ctx, in.ID)
	if err != nil {
		return nil, problemOf(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(g.ending, cancel)() //nolint:contextcheck // the end of the gateway
	file, err := g.download(ctx, e, in.Original)
	if err != nil {
		return nil, mediaProblem(err)
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humachi.Unwrap(c)
		open, err := file.Open()
		if err != nil {
			problem(w, http.StatusServiceUnavailable, "unavailable", "the downloaded file cannot be read: ask again")
			return
		}
		defer open.Close()
		header := w.Header()
		header.Set("Content-Type", file.Type) // by its bytes; no page runs it: see headers
		header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		header.Set("ETag", `"`+file.SHA256+`"`)
		http.ServeContent(&fileWriter{patient: newPatient(w)}, r, "", e.Time, open)
	}}, nil
}

// fileWriter answers a range that the file does not have as the API answers all errors.
type fileWriter struct {
	patient
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (w *fileWriter) WriteHeader(status int) {
	if w.refused = status == http.StatusRequestedRangeNotSatisfiable; w.refused {
		problem(w.ResponseWriter, status, "range", "the file has no such part: Content-Range tells its size")
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *fileWriter) Write(data []byte) (int, error) {
	if w.refused {
		return len(data), nil
	}
	return w.patient.Write(data)
}

// download downloads what a message has, unless that was done before.
func (g *Gateway) download(ctx context.Context, e *callback.Event, original bool) (*media.File, error) {
	m := media.Message{AppID: e.AppID, Payload: e.Payload(), XML: e.Content, MsgID: e.MsgID, Key: e.Key(), Time: e.Time}
	if original {
		media.Original()(&m)
	}
	return g.h.Media().Download(ctx, m) //nolint:wrapcheck // mediaProblem does
}

// mediaProblem is the error of RFC 9457 for a download that has failed.
func mediaProblem(err error) error {
	switch {
	case errors.Is(err, media.ErrNotDownloadable):
		return failed(http.StatusNotFound, "media", "the message has no file: it is a text, for example, or the notice of an upload")
	case errors.Is(err, media.ErrExpired):
		return failed(http.StatusGone, "media", "the file is gone: WeChat keeps videos and files for about two weeks")
	case errors.Is(err, media.ErrTooLarge):
		return failed(http.StatusRequestEntityTooLarge, "media", "the file is larger than files.max_size")
	}
	return problemOf(err)
}
