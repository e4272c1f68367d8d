package endpoint

import (
	"context"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// forwardEndpoints are the calls of the module "message" that forward received messages.
func forwardEndpoints() []endpoint {
	return []endpoint{
		{path: "/message/forwardFile", handle: forwardFile},
		{path: "/message/forwardImage", handle: forwardImage},
		{path: "/message/forwardVideo", handle: forwardVideo},
		{path: "/message/forwardUrl", handle: forwardURL},
		{path: "/message/forwardMiniApp", handle: forwardMiniApp},
	}
}

func forwardFile(_ context.Context, r *request) (any, error) {
	if err := message.CheckFile(r.text("xml")); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(message.TypeApp, r.text("xml"), message.AppFile)
}

func forwardURL(_ context.Context, r *request) (any, error) {
	if err := message.CheckApp(r.text("xml"), message.AppLink); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(message.TypeApp, r.text("xml"), message.AppLink)
}

func forwardMiniApp(_ context.Context, r *request) (any, error) {
	if err := message.CheckApp(r.text("xml"), message.AppMiniProgram, message.AppMiniProgramOpen); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(message.TypeApp, r.text("xml"), message.AppMiniProgram)
}

// forwardImage answers with the data of the cdn, but without width and height, as the service does.
func forwardImage(_ context.Context, r *request) (any, error) {
	img, err := message.CheckImage(r.text("xml"))
	if err != nil {
		return nil, err
	}
	a, _, err := r.send(outgoing{msgType: message.TypeImage, content: r.xml, created: stampZero})
	id := img.Attr["cdnmidimgurl"]
	for _, other := range []string{"cdnbigimgurl", "cdnthumburl"} {
		if id == "" {
			id = img.Attr[other]
		}
	}
	return sentImage{sentMessage: a, AesKey: img.Attr["aeskey"], FileID: id}, err
}

// forwardVideo answers without the id of the file, as the service does.
func forwardVideo(_ context.Context, r *request) (any, error) {
	video, err := message.CheckVideo(r.text("xml"))
	if err != nil {
		return nil, err
	}
	a, _, err := r.send(outgoing{msgType: message.TypeVideo, content: r.xml, created: stampNull})
	length, convErr := strconv.Atoi(video.Attr["length"])
	if convErr != nil {
		length = 0
	}
	return sentVideo{sentMessage: a, AesKey: video.Attr["aeskey"], Length: length}, err
}

// xml returns the content of a forward: the XML of the call.
func (r *request) xml(message.Media) string { return r.text("xml") }
