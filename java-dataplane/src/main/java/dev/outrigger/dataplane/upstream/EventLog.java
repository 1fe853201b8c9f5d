// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of events, one JSON object a line. Opened for each event, so that it can be rotated:
 * events are rare. Main loop only; a file that cannot be written is reported once.
 */
public final class EventLog {
    private static final Logger log = LoggerFactory.getLogger(EventLog.class);

    private final Path path;
    private boolean reported;

    public EventLog(String path) {
        this.path = Path.of(path);
    }

    void write(String json) {
        try {
            Files.write(
                    path,
                    (json + '\n').getBytes(UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            if (!reported) {
                reported = true;
                log.error("cannot write event log path={} reason={}", path, e.toString());
            }
        }
    }
}
