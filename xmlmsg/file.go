package xmlmsg

import "fmt"

// File is a complete file (appmsg type 6). It can be forwarded and downloaded if it is Forwardable.
//
// A file usually arrives twice: first as a *FileNotice (type 74) when the sender's upload starts,
// then as a *File with its own NewMsgId when the upload is complete. Small and forwarded files can
// arrive without a FileNotice. Handlers that want files register for File only.
type File struct {
	Name string `json:"name"` // file name as the sender wrote it; never use it as a path
	Ext  string `json:"ext"`  // extension without the dot, from appattach/fileext; may be empty
	Size int64  `json:"size"` // bytes
	MD5  string `json:"md5"`  // of the file, 32 hex digits; may be empty

	AttachID     string `json:"attach_id"`      // "@cdn_<cdn id>_<aes key>_1"; a secret
	CDNAttachURL string `json:"cdn_attach_url"` // cdn id, not a URL; a secret
	AESKey       string `json:"aes_key"`        // 32 hex digits; a secret
	EncryVer     int    `json:"encry_ver"`      // 0 or 1
	FileKey      string `json:"file_key"`
	Large        bool   `json:"large"` // larger than 25 MiB

	UploadToken string `json:"upload_token"` // the same in the FileNotice and the File
	// OverwriteNewMsgID is the NewMsgId of the FileNotice that this file completes; 0 if there was
	// none.
	OverwriteNewMsgID uint64 `json:"overwrite_new_msg_id,string"`

	AppInfo
	MediaInfo
}

// Kind returns KindFile.
func (*File) Kind() Kind { return KindFile }

// Forwardable reports whether the message says where the file is stored. A file that does not can
// be neither forwarded nor downloaded.
func (f *File) Forwardable() bool { return f.CDNAttachURL != "" || f.AttachID != "" }

// FileNotice says that the upload of a file has started (appmsg type 74). It has no cdn fields, so
// that it can be neither downloaded nor forwarded. A *File follows when the upload is complete;
// none follows if the sender cancels. A File can also arrive before its FileNotice.
type FileNotice struct {
	Name        string `json:"name"`         // file name as the sender wrote it; never use it as a path
	Ext         string `json:"ext"`          // extension without the dot; may be empty
	Size        int64  `json:"size"`         // bytes
	MD5         string `json:"md5"`          // 32 hex digits; may be empty
	UploadToken string `json:"upload_token"` // the same in the FileNotice and the File
	Status      int    `json:"status"`       // 0 in every sample
	Large       bool   `json:"large"`        // larger than 25 MiB

	AppInfo
}

// Kind returns KindFileNotice.
func (*FileNotice) Kind() Kind { return KindFileNotice }

// String leaves keys and cdn ids out.
func (f *File) String() string { return fmt.Sprintf("file %q (%d bytes)", f.Name, f.Size) }

// String leaves the upload token out.
func (f *FileNotice) String() string {
	return fmt.Sprintf("notice of file %q (%d bytes)", f.Name, f.Size)
}

func parseFile(app element, info AppInfo, media MediaInfo) Payload {
	attach := app.child("appattach")
	return &File{
		Name: app.text("title"), Ext: attach.text("fileext"), Size: attach.int64("totallen"), MD5: fileMD5(app, attach),
		AttachID: attach.text("attachid"), CDNAttachURL: attach.text("cdnattachurl"),
		AESKey: attach.text("aeskey"), EncryVer: attach.int("encryver"), FileKey: attach.text("filekey"),
		Large: attach.bool("islargefilemsg"), UploadToken: attach.text("fileuploadtoken"),
		OverwriteNewMsgID: attach.uint("overwrite_newmsgid"), AppInfo: info, MediaInfo: media,
	}
}

func parseFileNotice(app element, info AppInfo) Payload {
	attach := app.child("appattach")
	return &FileNotice{
		Name: app.text("title"), Ext: attach.text("fileext"), Size: attach.int64("totallen"), MD5: fileMD5(app, attach),
		UploadToken: attach.text("fileuploadtoken"), Status: attach.int("status"), Large: attach.bool("islargefilemsg"), AppInfo: info,
	}
}

// fileMD5 returns the md5 of a file; clients write it in one of two places.
func fileMD5(app, attach element) string {
	if sum := app.text("md5"); sum != "" {
		return sum
	}
	return attach.text("md5")
}
