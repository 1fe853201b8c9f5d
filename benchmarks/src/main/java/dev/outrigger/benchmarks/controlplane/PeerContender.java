// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program around somebody else's library that serves a folder of resources and takes changes on
 * its standard input; see {@code src/main/go} and {@link JavaControlPlaneMain}.
 */
final class PeerContender implements Contender {
    private final String name;
    private final String version;
    private final List<String> command;

    /**
     * @param command to which the folder is added
     */
    PeerContender(String name, String version, List<String> command) {
        this.name = name;
        this.version = version;
        this.command = List.copyOf(command);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Running start(Content content, Path folder) throws IOException {
        var whole = new ArrayList<>(command);
        whole.add(content.served().toString());
        var child = Child.start(Cores.SERVER, folder.resolve("peer.log"), whole);
        try {
            var words = child.answer().split(" ");
            return new Peer(name, child, Integer.parseInt(words[1]));
        } catch (IOException e) {
            child.close();
            throw e;
        }
    }

    private record Peer(String name, Child child, int port) implements Running {
        @Override
        public ProcessHandle process() {
            return child.handle();
        }

        @Override
        public void changeCluster(String marker, int endpoint) throws IOException {
            order("change " + Content.RAW_CLUSTER + " " + marker + " " + endpoint);
        }

        @Override
        public void changeEndpoints(int endpoint) throws IOException {
            order("endpoints " + Content.SERVICE_CLUSTER + " " + endpoint);
        }

        @Override
        public void addHost(String domain, int upstream) throws IOException {
            order("host " + Content.SERVICE_CLUSTER + " " + domain + " " + upstream);
        }

        @Override
        public void moveHost(String domain, String cluster, int upstream) throws IOException {
            order(
                    "move "
                            + Content.SERVICE_CLUSTER
                            + " "
                            + domain
                            + " "
                            + cluster
                            + " "
                            + upstream);
        }

        private void order(String line) throws IOException {
            var answer = child.ask(line);
            if (!answer.equals("done")) {
                throw new IOException(name + ": " + line + ": " + answer);
            }
        }

        @Override
        public void close() {
            child.close();
        }
    }
}
