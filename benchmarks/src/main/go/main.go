// SPDX-License-Identifier: Apache-2.0

// Command peer serves the resources of a folder by go-control-plane, on its snapshot cache or on
// its linear caches, and changes them as its standard input says. It is what "benchmarks/control-plane"
// measures Outrigger beside.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/resource/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/protobuf/proto"
)

const group = "all"

// Everybody is in one group, as in the contender beside it.
type everybody struct{}

func (everybody) ID(*core.Node) string { return group }

// store is one of the two caches, under the same changes.
type store interface {
	cache() cache.Cache
	// set replaces one resource of each kind that is given, and removes the named clusters last.
	set(changed []types.Resource, removedClusters []string) error
}

var typeURLs = []string{resource.ClusterType, resource.EndpointType, resource.ListenerType, resource.RouteType}

func typeOf(r types.Resource) string {
	switch r.(type) {
	case *cluster.Cluster:
		return resource.ClusterType
	case *endpoint.ClusterLoadAssignment:
		return resource.EndpointType
	case *listener.Listener:
		return resource.ListenerType
	case *route.RouteConfiguration:
		return resource.RouteType
	}
	log.Fatalf("resource: %T (expected: cluster, assignment, listener or route configuration)", r)
	return ""
}

// snapshots is the snapshot cache: everything is replaced at once.
type snapshots struct {
	inner     cache.SnapshotCache
	resources map[string]map[string]types.Resource
	version   int
}

func (s *snapshots) cache() cache.Cache { return s.inner }

func (s *snapshots) set(changed []types.Resource, removed []string) error {
	for _, r := range changed {
		s.resources[typeOf(r)][cache.GetResourceName(r)] = r
	}
	for _, name := range removed {
		delete(s.resources[resource.ClusterType], name)
		delete(s.resources[resource.EndpointType], name)
	}
	all := map[string][]types.Resource{}
	for url, byName := range s.resources {
		for _, r := range byName {
			all[url] = append(all[url], r)
		}
	}
	s.version++
	snapshot, err := cache.NewSnapshot(strconv.Itoa(s.version), all)
	if err != nil {
		return err
	}
	return s.inner.SetSnapshot(context.Background(), group, snapshot)
}

// linears is one linear cache for each type: resources are replaced one by one.
type linears struct {
	mux    *cache.MuxCache
	byType map[string]*cache.LinearCache
}

func (l *linears) cache() cache.Cache { return l.mux }

func (l *linears) set(changed []types.Resource, removed []string) error {
	// In the order in which they refer to each other.
	for _, url := range typeURLs {
		updates := map[string]types.Resource{}
		for _, r := range changed {
			if typeOf(r) == url {
				updates[cache.GetResourceName(r)] = r
			}
		}
		if len(updates) > 0 {
			if err := l.byType[url].UpdateResources(updates, nil); err != nil {
				return err
			}
		}
	}
	if len(removed) > 0 {
		if err := l.byType[resource.ClusterType].UpdateResources(nil, removed); err != nil {
			return err
		}
		return l.byType[resource.EndpointType].UpdateResources(nil, removed)
	}
	return nil
}

func newStore(kind string, loaded map[string]map[string]types.Resource) store {
	if kind == "snapshot" {
		s := &snapshots{inner: cache.NewSnapshotCache(true, everybody{}, nil), resources: loaded}
		must(s.set(nil, nil))
		return s
	}
	l := &linears{byType: map[string]*cache.LinearCache{}}
	caches := map[string]cache.Cache{}
	for _, url := range typeURLs {
		linear := cache.NewLinearCache(url, cache.WithInitialResources(loaded[url]))
		l.byType[url] = linear
		caches[url] = linear
	}
	l.mux = &cache.MuxCache{
		Classify:      func(r *cache.Request) string { return r.GetTypeUrl() },
		ClassifyDelta: func(r *cache.DeltaRequest) string { return r.GetTypeUrl() },
		Caches:        caches,
	}
	return l
}

// load reads what the contender served: per type a file of DeltaDiscoveryResponses, one after the other,
// which together are one.
func load(folder string) map[string]map[string]types.Resource {
	loaded := map[string]map[string]types.Resource{}
	for _, url := range typeURLs {
		loaded[url] = map[string]types.Resource{}
		short := url[strings.LastIndex(url, ".")+1:]
		bytes, err := os.ReadFile(filepath.Join(folder, short+".bin"))
		must(err)
		response := &discovery.DeltaDiscoveryResponse{}
		must(proto.Unmarshal(bytes, response))
		for _, r := range response.GetResources() {
			message, err := r.GetResource().UnmarshalNew()
			must(err)
			loaded[url][r.GetName()] = message
		}
	}
	return loaded
}

// peer turns the words of the standard input into changes of resources.
type peer struct {
	store     store
	resources map[string]map[string]types.Resource
	routes    *route.RouteConfiguration
	moved     string
}

func (p *peer) clusterLike(model, name string, port int) []types.Resource {
	c := proto.Clone(p.resources[resource.ClusterType][model]).(*cluster.Cluster)
	c.Name = name
	if c.GetEdsClusterConfig().GetServiceName() != "" {
		c.EdsClusterConfig.ServiceName = name
	}
	return []types.Resource{c, p.endpoints(model, name, port)}
}

func (p *peer) endpoints(model, name string, port int) types.Resource {
	e := proto.Clone(p.resources[resource.EndpointType][model]).(*endpoint.ClusterLoadAssignment)
	e.ClusterName = name
	address := e.GetEndpoints()[0].GetLbEndpoints()[0].GetEndpoint().GetAddress().GetSocketAddress()
	address.PortSpecifier = &core.SocketAddress_PortValue{PortValue: uint32(port)}
	return e
}

func (p *peer) routed(domain, to string) *route.RouteConfiguration {
	r := proto.Clone(p.routes).(*route.RouteConfiguration)
	host := &route.VirtualHost{
		Name:    domain,
		Domains: []string{domain},
		Routes: []*route.Route{{
			Match: &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/"}},
			Action: &route.Route_Route{Route: &route.RouteAction{
				ClusterSpecifier: &route.RouteAction_Cluster{Cluster: to}}},
		}},
	}
	for i, existing := range r.VirtualHosts {
		if existing.Name == domain {
			r.VirtualHosts[i] = host
			return r
		}
	}
	r.VirtualHosts = append(r.VirtualHosts, host)
	return r
}

func (p *peer) run(words []string) error {
	switch words[0] {
	case "change": // change CLUSTER MARKER PORT: the cluster's stat name and its endpoint's port
		port, err := strconv.Atoi(words[3])
		if err != nil {
			return err
		}
		both := p.clusterLike(words[1], words[1], port)
		both[0].(*cluster.Cluster).AltStatName = words[2]
		return p.store.set(both, nil)
	case "endpoints": // endpoints CLUSTER PORT
		port, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		return p.store.set([]types.Resource{p.endpoints(words[1], words[1], port)}, nil)
	case "host": // host MODEL DOMAIN PORT: a new cluster and a virtual host that leads to it
		port, err := strconv.Atoi(words[3])
		if err != nil {
			return err
		}
		p.routes = p.routed(words[2], words[2])
		return p.store.set(append(p.clusterLike(words[1], words[2], port), p.routes), nil)
	case "move": // move MODEL DOMAIN CLUSTER PORT: the same, and the cluster before goes
		port, err := strconv.Atoi(words[4])
		if err != nil {
			return err
		}
		var gone []string
		if p.moved != "" {
			gone = append(gone, p.moved)
		}
		p.moved = words[3]
		p.routes = p.routed(words[2], words[3])
		return p.store.set(append(p.clusterLike(words[1], words[3], port), p.routes), gone)
	}
	return fmt.Errorf("command: %q (expected: change, endpoints, host or move)", words[0])
}

func main() {
	kind := flag.String("cache", "snapshot", "snapshot or linear")
	folder := flag.String("resources", "", "folder with Cluster.bin, ClusterLoadAssignment.bin, Listener.bin, RouteConfiguration.bin")
	flag.Parse()

	p := &peer{resources: load(*folder)}
	for _, r := range p.resources[resource.RouteType] {
		p.routes = r.(*route.RouteConfiguration)
	}
	p.store = newStore(*kind, load(*folder))

	socket, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	grpcServer := grpc.NewServer(
		grpc.MaxConcurrentStreams(100),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}))
	discovery.RegisterAggregatedDiscoveryServiceServer(
		grpcServer, server.NewServer(context.Background(), p.store.cache(), nil))
	go func() { must(grpcServer.Serve(socket)) }()
	fmt.Printf("listening %d\n", socket.Addr().(*net.TCPAddr).Port)

	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := p.run(strings.Fields(lines.Text())); err != nil {
			fmt.Printf("failed %v\n", err)
		} else {
			fmt.Println("done")
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
