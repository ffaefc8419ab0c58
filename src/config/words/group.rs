//! `vrrp_sync_group`: instances that move together.

use super::bfd::BfdTracks;
use super::mail;
use super::track::{FileTracks, ProcessTracks, Tracks};
use crate::config::schema::block;
use crate::config::value::{Bool, Flag, Names, Script, Text};

block! {
    /// Instances that move together.
    pub struct SyncGroup: "vrrp_sync_group" (name: Text) {
        /// Names of the instances.
        "group" => group: Names, Later;
        /// Interfaces all of them track.
        "track_interface" => track_interface: Tracks, Later;
        /// Scripts all of them track.
        "track_script" => track_script: Tracks, Later;
        /// Files all of them track.
        "track_file" => track_file: FileTracks, Later;
        /// Processes all of them track.
        "track_process" => track_process: ProcessTracks, Later;
        /// BFD sessions all of them track.
        "track_bfd" => track_bfd: BfdTracks, Later;
        /// Script when all are master.
        "notify_master" => notify_master: Script<true>, Later;
        /// Script when all are backup.
        "notify_backup" => notify_backup: Script<true>, Later;
        /// Script on a fault.
        "notify_fault" => notify_fault: Script<true>, Later;
        /// Script on stop.
        "notify_stop" => notify_stop: Script<true>, Later;
        /// Script on every change, with four arguments: GROUP, name, state, 0.
        "notify" => notify: Script<true>, Later;
        /// Send mail on changes.
        "smtp_alert" => smtp_alert: mail::Alert, Later;
        /// Weighted trackers of the members count.
        "sync_group_tracking_weight" => sync_group_tracking_weight: Flag, Later;
        /// The members tell changes of their priority.
        "notify_priority_changes" => notify_priority_changes: Bool, Later;
    }
    old {
        "global_tracking" => "trackers of the group are trackers of all members",
        "notify_deleted" => "a group is not deleted with notice; `vrrp_instance` has this word",
    }
}
