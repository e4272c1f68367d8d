package voice

// What only the external tests name.
var (
	Resample   = resample
	DecodeMP3  = decodeMP3
	DecodeSILK = decodeSILK
	DecodeWAV  = decodeWAV
	EncodeSILK = encodeSILK
)
