package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// faultRequest is a fault as the control API writes it. Pointers tell what was left out.
type faultRequest struct {
	Endpoint    string   `json:"endpoint"`
	Fault       string   `json:"fault"`
	AppID       string   `json:"app_id"`
	Target      string   `json:"target"`
	Message     string   `json:"message"`
	Delay       string   `json:"delay"`
	Count       *int     `json:"count"`
	Probability *float64 `json:"probability"`
	Seed        *uint64  `json:"seed"`
}

// faultsRequest is one fault, or several under "faults".
type faultsRequest struct {
	faultRequest
	Faults *[]faultRequest `json:"faults"`
}

// faultView is a fault in an answer.
type faultView struct {
	ID          int     `json:"id"`
	Endpoint    string  `json:"endpoint"`
	Fault       string  `json:"fault"`
	AppID       string  `json:"app_id,omitempty"`
	Target      string  `json:"target,omitempty"`
	Message     string  `json:"message,omitempty"`
	Delay       string  `json:"delay,omitempty"`
	Count       int     `json:"count"`
	Probability float64 `json:"probability"`
	Seed        uint64  `json:"seed"`
	Hits        int     `json:"hits"`
}

// MarshalJSON writes the fault as GET /sim/faults does.
func (f FaultState) MarshalJSON() ([]byte, error) {
	v := faultView{
		ID: f.ID, Endpoint: f.Endpoint, Fault: f.Kind, AppID: f.AppID, Target: f.Target, Message: f.Message, Count: f.Count, Probability: f.Probability, Seed: f.Seed, Hits: f.Hits,
	}
	if f.Delay != 0 {
		v.Delay = f.Delay.String()
	}
	return json.Marshal(v)
}

func (f *faultRequest) fault(s *Simulator) (Fault, error) {
	fault := Fault{Endpoint: f.Endpoint, Kind: f.Fault, AppID: f.AppID, Target: f.Target, Message: f.Message}
	fault.fill()
	if f.Delay != "" {
		d, err := time.ParseDuration(f.Delay)
		if err != nil || d == 0 || d < 0 && f.Fault != FaultClockSkew {
			return fault, fmt.Errorf(`"delay" must be a time such as "2s", not %q`, f.Delay)
		}
		fault.Delay = d
	}
	if f.Count != nil {
		fault.Count = *f.Count
	}
	if f.Probability != nil {
		fault.Probability = *f.Probability
	}
	if f.Seed != nil {
		fault.Seed = *f.Seed
	}
	return fault, s.checkFault(&fault)
}

// list is the faults of a request, in either form.
func (f *faultsRequest) list(s *Simulator) ([]Fault, error) {
	requests := []faultRequest{f.faultRequest}
	if f.Faults != nil {
		if f.faultRequest != (faultRequest{}) {
			return nil, errors.New(`give either one fault, or several under "faults"`)
		}
		if requests = *f.Faults; len(requests) == 0 {
			return nil, errors.New(`"faults" is empty; DELETE /sim/faults clears them`)
		}
	}
	var fs []Fault
	for i := range requests {
		fault, err := requests[i].fault(s)
		if err != nil {
			if len(requests) > 1 {
				return nil, fmt.Errorf("faults[%d]: %w", i, err)
			}
			return nil, err
		}
		fs = append(fs, fault)
	}
	return fs, nil
}

// faultList is the answer with faults.
type faultList struct {
	Faults []FaultState `json:"faults"`
}

// postFaults is POST /sim/faults.
func (s *Simulator) postFaults(w http.ResponseWriter, r *http.Request) {
	var body faultsRequest
	err := readJSON(w, r, &body)
	var fs []Fault
	if err == nil {
		fs, err = body.list(s)
	}
	var added []FaultState
	if err == nil {
		added, err = s.addFaults(fs)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, faultList{added})
}

// getFaults is GET /sim/faults.
func (s *Simulator) getFaults(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the list of faults takes no parameters"))
		return
	}
	writeJSON(w, http.StatusOK, faultList{s.Faults()})
}

// deleteFaults is DELETE /sim/faults.
func (s *Simulator) deleteFaults(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("DELETE clears all faults and takes no parameters"))
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Cleared int `json:"cleared"`
	}{s.ClearFaults()})
}
