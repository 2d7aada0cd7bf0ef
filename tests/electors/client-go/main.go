// One candidate of client-go's leaderelection, as it is, over a Lease: what a Go controller beside us does.
//
// tests/electors/install builds it twice: with the client-go of today, and, laid over the source of an old Kubernetes, with that one's.
//
// It prints
//
//	start NANOSECONDS IDENTITY TOKEN   its work begins; CLOCK_MONOTONIC, which all processes of a machine share
//	end NANOSECONDS IDENTITY TOKEN     its work has ended
//	wrote VERSION                      the API server has accepted a write of the lease, and client-go has the answer
//	sees IDENTITY                      another leader was seen
//	left released|held                 the election is over, and with it this process: what became of the lease if it was ours
//
// The token is the resourceVersion of the write that made it leader, or of a renewal right after it. Client-go knows no such thing:
// it is for the journal of the tests, taken from what the API server answers.
//
// SIGTERM ends the work and only then the election, which is what client-go asks of whoever sets ReleaseOnCancel.
//
// With -count N it stands for N leases, named as the one with -0, -1 and so on, over one connection.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	server := flag.String("server", "", "URL of the API server")
	tokenFile := flag.String("token-file", "", "file with the bearer token")
	caFile := flag.String("ca-file", "", "file with the certificate of the authority")
	namespace := flag.String("namespace", "", "namespace of the lease")
	lease := flag.String("lease", "", "name of the lease")
	identity := flag.String("identity", "", "what this candidate is called")
	leaseDuration := flag.Duration("lease-duration", 15*time.Second, "LeaseDuration")
	renewDeadline := flag.Duration("renew-deadline", 10*time.Second, "RenewDeadline")
	retryPeriod := flag.Duration("retry-period", 2*time.Second, "RetryPeriod")
	release := flag.Bool("release-on-cancel", false, "ReleaseOnCancel")
	count := flag.Int("count", 0, "how many leases, if more than the one")
	flag.Parse()

	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)

	// One lease, or many of them at once.
	leases := []string{*lease}
	if *count > 0 {
		leases = nil
		for i := 0; i < *count; i++ {
			leases = append(leases, fmt.Sprintf("%s-%d", *lease, i))
		}
	}
	var works []*work
	var electors sync.WaitGroup
	for _, name := range leases {
		name := name // Shared by all rounds before Go 1.22.
		work := &work{identity: *identity}
		works = append(works, work)
		config := &rest.Config{
			Host:            *server,
			BearerTokenFile: *tokenFile,
			TLSClientConfig: rest.TLSClientConfig{CAFile: *caFile},
		}
		config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &versions{next, work} })
		// The constructor that also gives requests a timeout, half of RenewDeadline, as controller-runtime does.
		lock, err := resourcelock.NewFromKubeconfig(
			resourcelock.LeasesResourceLock, *namespace, name, resourcelock.ResourceLockConfig{Identity: *identity}, config, *renewDeadline)
		if err != nil {
			fail(err)
		}

		elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
			Lock:            lock,
			LeaseDuration:   *leaseDuration,
			RenewDeadline:   *renewDeadline,
			RetryPeriod:     *retryPeriod,
			ReleaseOnCancel: *release,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(ctx context.Context) {
					work.start()
					<-ctx.Done()
					work.end()
				},
				// client-go calls OnStartedLeading on a goroutine of its own, so this may come before it.
				OnStoppedLeading: work.end,
				OnNewLeader:      func(leader string) { fmt.Printf("sees %s\n", leader) },
			},
		})
		if err != nil {
			fail(err)
		}

		electors.Add(1)
		go func() {
			defer electors.Done()
			elector.Run(ctx)
			if elector.IsLeader() {
				fmt.Println("left held")
			} else {
				fmt.Println("left released")
			}
		}()
	}

	go func() {
		<-signals
		for _, work := range works {
			work.end()
		}
		cancel()
	}()
	electors.Wait()
}

// versions notes the version of each write that the API server accepted.
type versions struct {
	next http.RoundTripper
	work *work
}

func (v *versions) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := v.next.RoundTrip(request)
	if err != nil || request.Method == http.MethodGet || response.StatusCode >= 300 {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	// JSON with client-go of old, protobuf today.
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		return nil, err
	}
	written, err := meta.Accessor(object)
	if err != nil {
		return nil, err
	}
	v.work.wrote(written.GetResourceVersion())
	return response, nil
}

// work does nothing but tell when. Once it has ended it does not start again: this process has one term at most.
type work struct {
	identity       string
	mutex          sync.Mutex
	version, token string
	started, ended bool
}

func (w *work) wrote(version string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.version = version
	fmt.Printf("wrote %s\n", version)
}

func (w *work) start() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.ended {
		w.started = true
		w.token = w.version
		w.tell("start")
	}
}

func (w *work) end() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.started && !w.ended {
		w.tell("end")
	}
	w.ended = true
}

func (w *work) tell(event string) {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		fail(err)
	}
	fmt.Printf("%s %d %s %s\n", event, now.Nano(), w.identity, w.token)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
