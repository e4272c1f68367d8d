package simulator

import (
	"context"
	"strconv"
)

// forwardEndpoints are the calls of the module "message" that send on what was received.
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
	if err := checkFile(r.text("xml")); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(typeApp, r.text("xml"), appFile)
}

func forwardURL(_ context.Context, r *request) (any, error) {
	if err := checkApp(r.text("xml"), appLink); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(typeApp, r.text("xml"), appLink)
}

func forwardMiniApp(_ context.Context, r *request) (any, error) {
	if err := checkApp(r.text("xml"), appMiniProgram, appMiniProgramOpen); err != nil && !isSample(r.text("xml")) {
		return nil, err
	}
	return r.plain(typeApp, r.text("xml"), appMiniProgram)
}

// forwardImage answers with the cdn's data, but without the measures, as the service does.
func forwardImage(_ context.Context, r *request) (any, error) {
	img, err := checkImage(r.text("xml"))
	if err != nil {
		return nil, err
	}
	a, _, err := r.send(outgoing{msgType: typeImage, content: r.xml, created: stampZero})
	id := img.attr["cdnmidimgurl"]
	for _, other := range []string{"cdnbigimgurl", "cdnthumburl"} {
		if id == "" {
			id = img.attr[other]
		}
	}
	return sentImage{sentMessage: a, AesKey: img.attr["aeskey"], FileID: id}, err
}

// forwardVideo answers without the id of the file, as the service does.
func forwardVideo(_ context.Context, r *request) (any, error) {
	video, err := checkVideo(r.text("xml"))
	if err != nil {
		return nil, err
	}
	a, _, err := r.send(outgoing{msgType: typeVideo, content: r.xml, created: stampNull})
	length, convErr := strconv.Atoi(video.attr["length"])
	if convErr != nil {
		length = 0
	}
	return sentVideo{sentMessage: a, AesKey: video.attr["aeskey"], Length: length}, err
}

// xml is the content of a forward: unchanged.
func (r *request) xml(media) string { return r.text("xml") }
