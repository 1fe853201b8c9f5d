// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.store.WriteContext.Source;
import dev.outrigger.policy.store.WriteOutcome.Written;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Writes until it is killed, printing each acknowledged revision and a full stop. */
final class StoreWriterMain {
    /** In every write, so that half of one would show. */
    static final int DOCUMENTS = 4;

    /** At a time: a kill meets writes that wait for one another as well. */
    static final int WRITERS = 4;

    private StoreWriterMain() {}

    public static void main(String[] args) {
        var reader = PolicyReader.standard();
        var store =
                SqlitePolicyStore.open(
                        SqliteOptions.at(Path.of(args[0])),
                        reader,
                        InstantSource.system(),
                        StoreListener.NONE);
        var writes = new PolicyWrites(reader, store);
        for (int writer = 0; writer < WRITERS; writer++) {
            String name = "w" + writer;
            long first = store.documents().revision();
            Thread.ofPlatform().name(name).start(() -> write(writes, name, first));
        }
    }

    /** Every write differs from every other, in its documents and in its message. */
    private static void write(PolicyWrites writes, String writer, long first) {
        for (long i = 1; ; i++) {
            String unique = writer + "-" + first + "-" + i;
            var context = new WriteContext("kill", unique, Source.API, Optional.empty());
            byte[] body = documents(unique).getBytes(StandardCharsets.UTF_8);
            var written = (Written) writes.commit(writes.apply(body, Format.YAML), context);
            synchronized (StoreWriterMain.class) {
                System.out.println(written.revision() + ".");
                System.out.flush();
            }
        }
    }

    private static String documents(String unique) {
        var text = new StringBuilder();
        for (int i = 0; i < DOCUMENTS; i++) {
            text.append(
                            PolicyStoreContract.service("s" + i, 80)
                                    .replace(
                                            "name: s" + i,
                                            "labels: {write: " + unique + "}, name: s" + i))
                    .append("---\n");
        }
        return text.toString();
    }
}
