package message

import (
	"errors"
	"fmt"
)

// Forwardable parses the XML of a forward call: <msg> around the element of that name, as receivers
// get it.
func Forwardable(content, element string) (*Node, error) {
	root, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("xml: %w", err)
	}
	n := root.Child(element)
	if root.Name != "msg" || n.Name == "" {
		return nil, fmt.Errorf("xml: it is not <msg> with <%s> in it", element)
	}
	return n, nil
}

// CheckFile returns an error for XML that cannot be forwarded as a file.
func CheckFile(content string) error {
	app, err := Forwardable(content, "appmsg")
	if err != nil {
		return err
	}
	switch kind := app.AppType(); {
	case kind == AppFileNotice:
		return errors.New("xml: appmsg type 74 only says that an upload has begun; the file comes later, with type 6")
	case kind != AppFile:
		return fmt.Errorf("xml: a file has appmsg type 6, and this has %d", kind)
	}
	return Require("xml: the file cannot be found without its", map[string]string{
		"cdnattachurl": app.Value("appattach", "cdnattachurl"), "aeskey": app.Value("appattach", "aeskey"),
	}, "cdnattachurl", "aeskey")
}

// CheckImage parses an image. It returns an error if the image cannot be forwarded.
func CheckImage(content string) (*Node, error) {
	img, err := Forwardable(content, "img")
	if err != nil {
		return nil, err
	}
	if img.Attr["cdnmidimgurl"] == "" && img.Attr["cdnbigimgurl"] == "" && img.Attr["cdnthumburl"] == "" {
		return nil, errors.New("xml: the image has none of cdnmidimgurl, cdnbigimgurl and cdnthumburl")
	}
	return img, Require("xml: the image has no", img.Attr, "aeskey")
}

// CheckVideo parses a video. It returns an error if the video cannot be forwarded.
func CheckVideo(content string) (*Node, error) {
	video, err := Forwardable(content, "videomsg")
	if err != nil {
		return nil, err
	}
	return video, Require("xml: the video has no", video.Attr, "aeskey", "cdnvideourl")
}

// CheckApp returns an error for app messages of other types.
func CheckApp(content string, types ...int) error {
	app, err := Forwardable(content, "appmsg")
	if err != nil {
		return err
	}
	for _, t := range types {
		if app.AppType() == t {
			return nil
		}
	}
	return fmt.Errorf("xml: appmsg type %d is wrong here: want %v", app.AppType(), types)
}

// Require returns an error, which begins with what, for the first name without a value.
func Require(what string, values map[string]string, names ...string) error {
	for _, name := range names {
		if values[name] == "" {
			return fmt.Errorf("%s %s", what, name)
		}
	}
	return nil
}
