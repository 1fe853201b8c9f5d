// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.aot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClassFileUpgradeTest {
    @TempDir private Path folder;

    @Test
    void anOldJarWorksAsBeforeInTheNewFormat() throws Exception {
        var jar = Files.copy(jarOf(CommandLine.class), folder.resolve("picocli.jar"));

        assertThat(upgrade().upgradeJar(jar)).isTrue();

        try (var file = new ZipFile(jar.toFile());
                InputStream upgraded =
                        file.getInputStream(file.getEntry("picocli/CommandLine.class"))) {
            assertThat(ClassFile.of().parse(upgraded.readAllBytes()).majorVersion())
                    .isEqualTo(ClassFile.JAVA_8_VERSION);
        }
        // Loaded and verified anew, apart from the copy these tests run with.
        try (var loader =
                new URLClassLoader(
                        new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            for (var name : new String[] {"picocli.CommandLine", "picocli.AutoComplete"}) {
                assertThat(Class.forName(name, true, loader).getClassLoader()).isSameAs(loader);
            }
        }
    }

    @Test
    void aJarWithoutOldClassesIsLeftAlone() throws Exception {
        var jar = Files.copy(jarOf(Test.class), folder.resolve("new.jar"));
        byte[] before = Files.readAllBytes(jar);

        assertThat(upgrade().upgradeJar(jar)).isFalse();

        assertThat(jar).hasBinaryContent(before);
        assertThat(folder).isDirectoryNotContaining("glob:**.upgraded");
    }

    private static ClassFileUpgrade upgrade() {
        return new ClassFileUpgrade(ClassFileUpgradeTest.class.getClassLoader());
    }

    private static Path jarOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
