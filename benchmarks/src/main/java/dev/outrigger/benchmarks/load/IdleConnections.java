// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Clients that have asked once and stay connected. */
public final class IdleConnections implements Closeable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Socket> sockets = new ArrayList<>();

    private IdleConnections() {}

    /** Whether there are such clients for a line. */
    public static boolean areFor(Line line) {
        return !line.downstream().isHttp2();
    }

    /**
     * Opens connections, one after the other, and asks once on each.
     *
     * @throws IOException if one of them is not answered with a 200
     */
    public static IdleConnections open(int port, int count, Line line, RequestProfile request)
            throws IOException {
        var all = new IdleConnections();
        try {
            var context = line.downstream().isTls() ? trustingAnyone() : null;
            for (int i = 0; i < count; i++) {
                var plain = new Socket(InetAddress.getLoopbackAddress(), port);
                all.sockets.add(plain);
                plain.setSoTimeout((int) PATIENCE.toMillis());
                // A request right behind the end of a handshake would wait 40 ms for its ACK.
                plain.setTcpNoDelay(true);
                var socket = context == null ? plain : begin(context, plain, port);
                all.sockets.set(i, socket);
                ask(socket, request.bytes());
            }
            return all;
        } catch (IOException | GeneralSecurityException e) {
            int reached = all.sockets.size();
            all.close();
            throw new IOException("idle connection " + reached + " of " + count + ": " + e, e);
        }
    }

    private static void ask(Socket socket, byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        var reader = new ResponseReader();
        var scratch = new byte[8 * 1024];
        int count;
        do {
            count = socket.getInputStream().read(scratch);
            if (count < 0) {
                throw new EOFException("closed by the proxy");
            }
        } while (!reader.take(ByteBuffer.wrap(scratch, 0, count)));
        if (reader.status() != 200) {
            throw new SocketException("status: " + reader.status() + " (expected: 200)");
        }
    }

    private static SSLSocket begin(SSLContext context, Socket plain, int port) throws IOException {
        var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, RequestProfile.HOST, port, true);
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(RequestProfile.HOST)));
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static SSLContext trustingAnyone() throws GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anyone()}, null);
        // A session each: nobody comes again.
        context.getClientSessionContext().setSessionCacheSize(1);
        return context;
    }

    /** The proxy's certificate is our own. */
    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (var socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
