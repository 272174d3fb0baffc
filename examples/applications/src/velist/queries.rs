use schema_core::{Db, Result, Row};
use uuid::Uuid;

use super::{NewTask, NewUser, Task, TaskRepository, TaskStatus, User, UserHasTasks, UserRepository, Velist};

/// A task and the name of its user.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct TaskOfUser {
    /// The task.
    pub id: Uuid,
    /// What is to be done.
    pub title: String,
    /// Whose it is.
    pub user_name: String,
}

/// A user and their tasks.
pub type Board = Vec<(User, Vec<Task>)>;

impl UserRepository<'_, Velist> {
    /// Somebody joins, with a first task; both or neither.
    pub fn join(db: &Db<Velist>, new: NewUser, first_task: &str) -> Result<(User, Task)> {
        db.transaction(|tx| {
            let user = UserRepository::new(tx).insert(new)?;
            let task = NewTask { user_id: user.id, title: first_task.to_owned() };
            let task = TaskRepository::new(tx).insert(task)?;
            Ok((user, task))
        })
    }

    /// The addresses of everybody who has none that is verified.
    pub fn unverified(&self) -> Result<Vec<(Uuid, String)>> {
        User::query()
            .filter(|u| u.email_verified_at.is_null())
            .order_by(|u| u.email.asc())
            .select(|u| (u.id, u.email))
            .all(self)
    }

    /// Everybody with their tasks, in two queries however many there are.
    pub fn board(&self) -> Result<Board> {
        User::query()
            .order_by(|u| (u.name.asc(), u.id.asc()))
            .with(|u| u.tasks().order_by(|t| (t.created_at.asc(), t.id.asc())))
            .all(self)
    }
}

impl TaskRepository<'_, Velist> {
    /// The tasks of a user, the newest first.
    pub fn by_user(&self, user: Uuid) -> Result<Vec<Task>> {
        Task::query()
            .filter(|t| t.user_id.eq(user))
            .order_by(|t| (t.created_at.desc(), t.id.desc()))
            .all(self)
    }

    /// Every task with the name of its user.
    pub fn with_users(&self) -> Result<Vec<TaskOfUser>> {
        Task::query()
            .join::<User>(|t, u| u.id.eq(t.user_id))
            .order_by(|(t, u)| (u.name.asc(), t.title.asc(), t.id.asc()))
            .select(|(t, u)| TaskOfUserSelect { id: t.id, title: t.title, user_name: u.name })
            .all(self)
    }

    /// Completes every task of a user that is pending, and gives them back as they are now.
    pub fn complete_all(&self, user: Uuid) -> Result<Vec<Task>> {
        use schema_core::Table as _;
        Task::update()
            .filter(|t| t.user_id.eq(user).and(t.status.eq(TaskStatus::Pending)))
            .set(|t| t.status.set(TaskStatus::Completed))
            .returning(|t| t)
            .all(self)
    }
}
