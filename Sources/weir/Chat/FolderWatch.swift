#if os(Linux)
    #if canImport(Glibc)
        import Glibc
    #else
        import Musl
    #endif

    /// Tells, by a descriptor that becomes readable, that files of a folder were written, or came or went.
    final class FolderWatch {
        let descriptor: Int32
        private let folder: String

        /// - Returns: `nil` where nothing can be watched. A folder that is not there yet is waited for, if its parent is.
        init?(_ folder: String) {
            self.folder = folder
            descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            guard descriptor >= 0 else { return nil }
            let parent = folder.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
            inotify_add_watch(descriptor, parent, UInt32(IN_CREATE | IN_MOVED_TO | IN_ONLYDIR))
            watchFolder()
        }

        deinit { close(descriptor) }

        private func watchFolder() {
            let events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE
            inotify_add_watch(descriptor, folder, UInt32(events | IN_ONLYDIR))
        }

        /// Forgets what was told.
        func drain() {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            // It may have been made just now; once it is watched this changes nothing.
            watchFolder()
        }
    }
#else
    /// Elsewhere nobody tells.
    final class FolderWatch {
        let descriptor: Int32 = -1
        init?(_ folder: String) { return nil }
        func drain() {}
    }
#endif
