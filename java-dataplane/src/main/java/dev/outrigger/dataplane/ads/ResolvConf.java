// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code resolv.conf} says, as far as c-ares follows it.
 *
 * @param nameServers in order; empty for none
 * @param search domains that are tried behind a name
 * @param ndots names with so many dots are tried as they are first
 */
record ResolvConf(List<InetSocketAddress> nameServers, List<String> search, int ndots) {
    private static final int PORT = 53;
    private static final int MAX_NDOTS = 15;
    private static final Path SYSTEM = Path.of("/etc/resolv.conf");
    private static final ResolvConf NONE = new ResolvConf(List.of(), List.of(), 1);

    /** Whom c-ares asks where nobody is named. */
    private static final InetSocketAddress LOCAL =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT);

    ResolvConf {
        nameServers = List.copyOf(nameServers);
        search = List.copyOf(search);
    }

    /** The system's; nothing where it cannot be read. */
    static ResolvConf ofSystem() {
        try {
            return parse(Files.readAllLines(SYSTEM));
        } catch (IOException _) {
            return NONE;
        }
    }

    static ResolvConf parse(List<String> lines) {
        var servers = new ArrayList<InetSocketAddress>();
        List<String> search = List.of();
        int ndots = 1;
        for (String line : lines) {
            String[] words = line.strip().split("\\s+");
            switch (words[0]) {
                case "nameserver" -> {
                    byte[] address =
                            words.length < 2
                                    ? null
                                    : NetUtil.createByteArrayFromIpAddressString(words[1]);
                    if (address != null) {
                        servers.add(server(address));
                    }
                }
                case "search", "domain" -> search = List.of(words).subList(1, words.length);
                case "options" -> ndots = ndots(words, ndots);
                default -> {
                    // Comments, and what concerns other resolvers.
                }
            }
        }
        return new ResolvConf(servers, search, ndots);
    }

    private static InetSocketAddress server(byte[] address) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), PORT);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }

    private static int ndots(String[] words, int before) {
        for (String word : words) {
            if (word.matches("ndots:\\d{1,3}")) {
                return Math.min(MAX_NDOTS, Integer.parseInt(word.substring(word.indexOf(':') + 1)));
            }
        }
        return before;
    }

    /** Who is asked, in order, each as often as it is to be tried. */
    List<InetSocketAddress> servers(DnsResolverOptions options) {
        boolean system =
                options.nameServers().isEmpty()
                        || (options.asFallback()
                                && !nameServers.isEmpty()
                                && !nameServers.equals(List.of(LOCAL)));
        List<InetSocketAddress> each = system ? nameServers : options.nameServers();
        if (each.isEmpty()) {
            each = List.of(LOCAL);
        }
        var all = new ArrayList<InetSocketAddress>();
        for (int i = 0; i < options.tries(); i++) {
            all.addAll(each);
        }
        return all;
    }

    /** The names that are asked for one that is looked up, in order. */
    List<String> names(String name, boolean noSearch) {
        if (noSearch || search.isEmpty() || name.endsWith(".")) {
            return List.of(name);
        }
        var names = new ArrayList<String>();
        for (String domain : search) {
            names.add(name + '.' + domain);
        }
        boolean first = name.chars().filter(c -> c == '.').count() >= ndots;
        names.add(first ? 0 : names.size(), name);
        return names;
    }
}
