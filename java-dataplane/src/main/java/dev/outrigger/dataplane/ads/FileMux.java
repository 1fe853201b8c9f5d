// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import com.google.protobuf.Any;
import com.google.protobuf.ExtensionRegistry;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** PLACEHOLDER. */
final class FileMux implements AdsClient.XdsMux {
    FileMux(MainLoop loop, Path path, XdsType type) {}
    @Override public void start(XdsType type, ResourceSink sink) {}
    @Override public void request(XdsType type, Set<String> names) {}
    @Override public void pause(XdsType type) {}
    @Override public void resume(XdsType type) {}
    @Override public void close() {}
}
