// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import dev.outrigger.benchmarks.load.RequestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The routes of Envoy and the Java data plane, where they come from a file that changes. */
public final class RouteFile {

    private RouteFile() {}

    /** Where the bootstrap looks for it. */
    static Path at(Site site) {
        return site.folder().resolve("routes.json");
    }

    /**
     * Puts new routes in the place of those that are there, in one step. Each generation adds
     * another response header: none is like the one before.
     */
    public static void replace(Site site, long generation) throws IOException {
        var next = site.folder().resolve("routes.next");
        Files.writeString(next, text(site, generation));
        Files.move(next, at(site), StandardCopyOption.ATOMIC_MOVE);
    }

    static String text(Site site, long generation) {
        return """
        {"version_info": "%1$d", "resources": [{
          "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
          "name": "benchmark",
          "response_headers_to_add": [{"header": {"key": "x-generation", "value": "%1$d"}}],
          "virtual_hosts": [
        %2$s]}]}
        """
                .formatted(generation, virtualHosts(site, "", ",\n"));
    }

    /**
     * A virtual host for each service, the one that is asked first, as JSON, which is YAML too.
     *
     * @param before each
     * @param between two of them
     */
    static String virtualHosts(Site site, String before, String between) {
        var hosts =
                new StringBuilder(before)
                        .append(
                                virtualHost(
                                        "b",
                                        RequestProfile.HOST,
                                        ", \"retry_policy\": {\"retry_on\": \"5xx\","
                                                + " \"num_retries\": 2}"));
        for (int i = 1; i < site.surroundings().services(); i++) {
            hosts.append(between)
                    .append(before)
                    .append(virtualHost(service(i), host(service(i)), ""));
        }
        return hosts.toString();
    }

    private static String virtualHost(String name, String host, String more) {
        return """
        {"name": "%1$s", "domains": ["%2$s"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "%1$s"%3$s}}]}\
        """
                .formatted(name, host, more);
    }

    /** The name of one of the services that nobody asks. */
    static String service(int index) {
        return "s" + index;
    }

    static String host(String service) {
        return service + ".local.service";
    }
}
